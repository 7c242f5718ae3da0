# SPDX-License-Identifier: EUPL-1.2
"""Files that came with a message: each goes through the checks of an upload, and what is refused is said with why."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.locale import Text
from parvis_requests.db.blobs import Blobs
from parvis_requests.db.tables import Attachment
from parvis_requests.domain.errors import (
    ArchiveTooLargeError,
    HeicError,
    ImageTooLargeError,
    NotAnImageError,
    UnknownFileError,
)
from parvis_requests.domain.files import Scan
from parvis_requests.domain.request import Actor
from parvis_requests.outgoing.inbound_messages import ReceivedFile
from parvis_requests.service.upload_attachment import MAX_BYTES, upload_attachment

TOO_LARGE: Final = Text(fr="trop lourd", en="too large")
NOT_TAKEN: Final = Text(fr="nature non admise pour cette demande", en="of a kind that this request does not take")
_WHY: Final[dict[type[Exception], Text]] = {
    UnknownFileError: Text(fr="format non reconnu", en="unknown format"),
    HeicError: Text(fr="photo HEIC illisible", en="unreadable HEIC photo"),
    ArchiveTooLargeError: Text(fr="trop grand une fois ouvert", en="too large once opened"),
    NotAnImageError: Text(fr="photo illisible", en="unreadable photo"),
    ImageTooLargeError: Text(fr="image trop grande", en="image too large"),
}


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A file that was not kept, and why."""

    name: str
    why: Text


@dataclass(frozen=True, slots=True)
class FileKeeping:
    """What keeping files needs."""

    persons: PersonKeys
    blobs: Blobs
    scan: Scan


async def keep_files(
    session: AsyncSession, owner: UUID, collectivity: str, files: Sequence[ReceivedFile], keeping: FileKeeping
) -> tuple[list[Attachment], list[RefusedFile]]:
    """Store those that pass, sealed with the owner's key and joined to nothing yet, in the caller's transaction."""
    kept: list[Attachment] = []
    refused: list[RefusedFile] = []
    actor = Actor(owner, collectivity, is_agent=False)
    for file in files:
        if len(file.content) > MAX_BYTES:
            refused.append(RefusedFile(file.name, TOO_LARGE))
            continue
        try:
            upload = await upload_attachment(
                session, actor, file.content, persons=keeping.persons, blobs=keeping.blobs, scan=keeping.scan
            )
        except tuple(_WHY) as error:
            refused.append(RefusedFile(file.name, _WHY[type(error)]))
        else:
            kept.append(upload.attachment)
    return kept, refused


def with_refusals(words: str, refused: Sequence[RefusedFile]) -> str | Text:
    """The words, and below them which files are not there; each reader has that in their own language."""
    said = Text(fr=words or "(sans texte)", en=words or "(no text)")
    if not refused:
        return words or said
    fr = ", ".join(f"{each.name} ({each.why.fr})" for each in refused)
    en = ", ".join(f"{each.name} ({each.why.en})" for each in refused)
    return Text(fr=f"{said.fr}\n\nFichiers non repris : {fr}.", en=f"{said.en}\n\nFiles left out: {en}.")
