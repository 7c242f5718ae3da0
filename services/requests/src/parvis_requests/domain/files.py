# SPDX-License-Identifier: EUPL-1.2
"""What people may join to a request: which kinds of files, how many, how large; and whether one may be opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from parvis_requests.domain.errors import Fault

MIB: Final = 1024 * 1024


class FileKind(StrEnum):
    """A kind of file, as its content says."""

    PHOTO = "photo"
    PDF = "pdf"
    ODT = "odt"
    DOCX = "docx"


class Scan(StrEnum):
    """What an antivirus says of a file; ``UNCHECKED`` where the town runs none."""

    UNCHECKED = "unchecked"
    WAITING = "waiting"
    CLEAN = "clean"
    INFECTED = "infected"


MEDIA_TYPES: Final = {
    "image/jpeg": FileKind.PHOTO,
    "image/png": FileKind.PHOTO,
    "image/webp": FileKind.PHOTO,
    "application/pdf": FileKind.PDF,
    "application/vnd.oasis.opendocument.text": FileKind.ODT,
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": FileKind.DOCX,
}


@dataclass(frozen=True, slots=True)
class File:
    """A file about to join a request, as the document of that code or as none."""

    id: UUID
    media_type: str
    size: int
    scan: Scan
    document: str | None = None


@dataclass(frozen=True, slots=True)
class FileRule:
    """What a request type takes in one place: kinds, number, bytes of each."""

    kinds: frozenset[FileKind]
    max_files: int
    max_bytes: int

    def faults(self, path: tuple[str, ...], files: Sequence[File]) -> list[Fault]:
        """Each fault once: ``too-many``, ``wrong-kind``, ``too-large`` or ``quarantined``."""
        found = ["too-many"] if len(files) > self.max_files else []
        if any(MEDIA_TYPES.get(file.media_type) not in self.kinds for file in files):
            found.append("wrong-kind")
        if any(file.size > self.max_bytes for file in files):
            found.append("too-large")
        if any(file.scan is Scan.INFECTED for file in files):
            found.append("quarantined")
        return [Fault(path, code) for code in found]
