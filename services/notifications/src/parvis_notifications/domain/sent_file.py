# SPDX-License-Identifier: EUPL-1.2
"""Files that applications send behind a link of a mail: their bounds, their names, what they may be.

The bounds and the words for them are those of GOV.UK Notify, whose clients send such files.
"""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

MOST_BYTES: Final = 2_097_152
LONGEST_BASE64: Final = (MOST_BYTES + 2) // 3 * 4
"""Of so many bytes (RFC 4648 section 4)."""
MOST_FILES: Final = 5
"""In one mail."""
DEFAULT_WEEKS: Final = 26
MOST_WEEKS: Final = 78
LONGEST_NAME: Final = 100
KEY_BYTES: Final = 32
_PERIOD: Final = re.compile(r"([0-9]{1,2}) weeks?")
_ENDING: Final = re.compile(r"[^.]\.[A-Za-z0-9]{1,10}$")
# What would end a line of a header, or name a folder.
_UNFIT: Final = re.compile(r"[\x00-\x1f\x7f/\\]")
TYPES: Final = {
    "pdf": "application/pdf",
    "csv": "text/csv",
    "txt": "text/plain",
    "rtf": "text/rtf",
    # Programs that fetch it would take it for an answer of ours.
    "json": "application/octet-stream",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "png": "image/png",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
}
"""What may be sent, by the ending of its name."""
_BY_NAME: Final = frozenset({"csv", "txt", "json"})
"""Text all three: the content does not tell which."""


class FileFault(StrEnum):
    """Why a file is not sent."""

    UNDECODED = "undecoded"
    TOO_LARGE = "too-large"
    EMPTY = "empty"
    NAME_TOO_LONG = "name-too-long"
    NAME_WITHOUT_ENDING = "name-without-ending"
    TYPE = "type"
    PERIOD = "period"


class SentFileError(Exception):
    """A file that is not sent; ``said`` is what was wrong of it."""

    def __init__(self, fault: FileFault, said: str = "") -> None:
        super().__init__(fault)
        self.fault = fault
        self.said = said


@dataclass(frozen=True, slots=True)
class FileLink:
    """What a link holds: which file, and the key that opens it, which is kept nowhere else."""

    id: UUID
    key: bytes

    def token(self) -> str:
        """64 characters of base 64 for URLs."""
        return urlsafe_b64encode(self.id.bytes + self.key).decode()


TOKEN_CHARACTERS: Final = 64


def read_token(token: str) -> FileLink | None:
    """What a link holds; None for what is none."""
    if len(token) != TOKEN_CHARACTERS:
        return None
    try:
        raw = urlsafe_b64decode(token)
    except ValueError:
        return None
    # Strict in its letters: what is left out by the decoder would give one file many addresses.
    return FileLink(UUID(bytes=raw[:16]), raw[16:]) if len(raw) == 16 + KEY_BYTES else None


def kept_for(period: str | None) -> timedelta:
    """How long the link works: ``1 week`` to ``78 weeks``; raises SentFileError."""
    if period is None:
        return timedelta(weeks=DEFAULT_WEEKS)
    found = _PERIOD.fullmatch(period.strip())
    if found is None or not 1 <= int(found[1]) <= MOST_WEEKS:
        raise SentFileError(FileFault.PERIOD, period[:40])
    return timedelta(weeks=int(found[1]))


def fitting_name(given: str) -> str:
    """A name that a browser may save as; raises SentFileError where it is too long, or has no ending."""
    name = _UNFIT.sub("_", given).strip()
    if len(name) > LONGEST_NAME:
        raise SentFileError(FileFault.NAME_TOO_LONG)
    if _ENDING.search(name) is None:
        raise SentFileError(FileFault.NAME_WITHOUT_ENDING)
    return name


def type_of(binary: str | None, content: bytes, name: str | None) -> tuple[str, str]:
    """The ending and the media type of a file; raises SentFileError.

    Args:
        binary: the media type that its first bytes tell, or None where they tell none.
        content: the file.
        name: its name, which tells one kind of text from another, and must not say something else than the content.
    """
    said = name.rpartition(".")[2].lower() if name else None
    if binary is not None:
        found = next((ending for ending, media_type in TYPES.items() if media_type == binary), None)
        if found is None:
            raise SentFileError(FileFault.TYPE, binary)
        if said is not None and TYPES.get(said) != binary:
            raise SentFileError(FileFault.TYPE, said)
        return said or found, binary
    ending = _text_ending(content, said)
    return ending, TYPES[ending]


def _text_ending(content: bytes, said: str | None) -> str:
    if b"\x00" in content:
        raise SentFileError(FileFault.TYPE, said or "application/octet-stream")
    by_name = said if said in _BY_NAME else "txt"
    ending = "rtf" if content.startswith(b"{\\rtf") else by_name
    if said is not None and said != ending:
        raise SentFileError(FileFault.TYPE, said)
    if ending == "json":
        try:
            json.loads(content)
        except (ValueError, RecursionError) as error:
            raise SentFileError(FileFault.TYPE, said or "json") from error
    return ending
