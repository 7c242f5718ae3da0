# SPDX-License-Identifier: EUPL-1.2
"""Files of existing accounts: CSV (RFC 4180) with a header, in UTF-8, separated by commas or semicolons."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Final

MAX_ROWS: Final = 200_000
REQUIRED: Final = ("external_id", "email", "given_names", "family_name")
COLUMNS: Final = (
    *REQUIRED, "preferred_name", "gender", "birth_date", "birth_place", "birth_country", "phone", "language",
)  # fmt: skip

Row = tuple[int, dict[str, str]]
"""The line on which a row ends, 2 or more, and its values by column."""


class UnreadableFileError(Exception):
    """The file as a whole cannot be taken; ``code`` says why, ``line`` where."""

    def __init__(self, code: str, line: int = 1) -> None:
        super().__init__(code)
        self.code = code
        self.line = line


def rows(content: bytes) -> Iterator[Row]:
    """Each row, values without spaces around; raises UnreadableFileError.

    A file is read to its end before anything is done with it: an error on its last line leaves nothing behind.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFileError("encoding", content.count(b"\n", 0, error.start) + 1) from error
    if "\0" in text:
        raise UnreadableFileError("syntax", text.count("\n", 0, text.index("\0")) + 1)
    first = text.partition("\n")[0]
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ",", strict=True
    )
    try:
        header = _header(next(reader, []))
        for number, values in enumerate(reader):
            if number >= MAX_ROWS:
                raise UnreadableFileError("too-many-rows", reader.line_num)
            if not values:
                continue
            if len(values) != len(header):
                raise UnreadableFileError("columns", reader.line_num)
            yield reader.line_num, dict(zip(header, (value.strip() for value in values), strict=True))
    except csv.Error as error:
        raise UnreadableFileError("syntax", reader.line_num) from error


def _header(names: Sequence[str]) -> list[str]:
    header = [name.strip().lower() for name in names]
    if len(set(header)) != len(header) or not set(REQUIRED) <= set(header) <= set(COLUMNS):
        raise UnreadableFileError("header")
    return header
