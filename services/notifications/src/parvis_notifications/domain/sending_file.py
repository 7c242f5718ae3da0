# SPDX-License-Identifier: EUPL-1.2
"""Files of messages to send: CSV (RFC 4180) with a header, separated by commas or semicolons.

In UTF-8, or in windows-1252, as French spreadsheets save them.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Final

from parvis_notifications.domain.message_template import Variable, VariableType
from parvis_notifications.domain.placeholders import key_of

MAX_ROWS: Final = 100_000
LONGEST_VALUE: Final = 5_000
# By compared name; the second and third are what files for GOV.UK Notify call it.
_TO: Final = frozenset({"to", "emailaddress", "phonenumber", "destinataire"})
_LINES: Final = tuple(f"addressline{number}" for number in range(1, 8))
_ITEMS: Final = "|"
# An accented letter or a curly quote of UTF-8: where some of these stand beside bytes that are none, read as
# windows-1252 each would become two or three others.
_OF_UTF_8: Final = re.compile(rb"\xc3[\x80-\xbf]|\xe2\x80")
_NO_TEXT: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_REFERENCE: Final = "reference"

Row = tuple[int, dict[str, str]]
"""The line on which a row ends, 2 or more, and its values by compared name; whom it goes to is under ``to``."""


class JobState(StrEnum):
    """How far a job has come."""

    WAITING = "waiting"
    """For its time."""
    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class RowState(StrEnum):
    """What became of a row."""

    WAITING = "waiting"
    SENT = "sent"
    """It is a message, whose own status says the rest."""
    REFUSED = "refused"
    CANCELLED = "cancelled"


class FileRefusedError(Exception):
    """The file as a whole cannot be taken; ``code`` says why, ``line`` where, ``about`` which column."""

    def __init__(self, code: str, line: int = 1, about: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.line = line
        self.about = about


def rows(content: bytes, variables: Iterable[Variable], *, letters: bool = False) -> Iterator[Row]:
    """Each row, values without spaces around; of letters the lines of the address are one text. FileRefusedError.

    A file is read to its end before anything is done with it: an error on its last line leaves nothing behind. Of each
    row what is used of it is kept, and no more: a file of a few MiB can have a hundred million empty values.
    """
    text = _text(content)
    if "\0" in text:
        raise FileRefusedError("syntax", text.count("\n", 0, text.index("\0")) + 1)
    first = text.partition("\n")[0]
    separator = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    variables = list(variables)
    used = {*(variable.key for variable in variables), *(_LINES if letters else ()), "to", _REFERENCE}
    try:
        header = _header(next(reader, []), variables, letters=letters)
        places = [(number, name) for number, name in enumerate(header) if name in used]
        taken = 0
        for values in reader:
            if not any(value.strip() for value in values):
                continue
            taken += 1
            if taken > MAX_ROWS:
                raise FileRefusedError("too-many-rows", reader.line_num)
            if len(values) != len(header):
                raise FileRefusedError("columns", reader.line_num)
            row = {name: value for number, name in places if (value := values[number].strip())}
            yield reader.line_num, row | {"to": _address(row) if letters else row.get("to", "")}
    except csv.Error as error:
        raise FileRefusedError("syntax", reader.line_num) from error


def values_of(row: dict[str, str], variables: Iterable[Variable]) -> dict[str, str | list[str]]:
    """What a row fills the template in with; the items of a list are separated by ``|``."""
    found: dict[str, str | list[str]] = {}
    for variable in variables:
        value = row.get(variable.key, "")
        if variable.type is VariableType.LIST:
            found[variable.key] = [item.strip() for item in value.split(_ITEMS) if item.strip()]
        else:
            found[variable.key] = value
    return {key: value for key, value in found.items() if value}


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        if content.startswith(codecs.BOM_UTF8) or _OF_UTF_8.search(content) or _NO_TEXT.search(content):
            raise FileRefusedError("encoding", line) from error
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError as error:
        raise FileRefusedError("encoding", content.count(b"\n", 0, error.start) + 1) from error


def _address(row: dict[str, str]) -> str:
    return "\n".join(row[line] for line in _LINES if row.get(line))


def _header(names: Sequence[str], variables: Iterable[Variable], *, letters: bool) -> list[str]:
    header = ["to" if key_of(name) in _TO else key_of(name) for name in names]
    if not (set(_LINES) if letters else {"to"}) & set(header):
        raise FileRefusedError("no-recipient-column")
    if len(set(header)) != len(header):
        raise FileRefusedError("repeated-column")
    for variable in variables:
        if variable.required and variable.key not in header:
            raise FileRefusedError("missing-column", about=variable.name)
    return header
