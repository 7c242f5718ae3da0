# SPDX-License-Identifier: EUPL-1.2
"""Files that came with a message: each goes through the checks of an upload, and what is refused is said with why."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from parvis_files.errors import ArchiveTooLargeError, HeicError, ImageTooLargeError, NotAnImageError, UnknownFileError
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.locale import Language, Text
from parvis_requests.db.blobs import Blobs, undone_on_failure
from parvis_requests.db.tables import Attachment
from parvis_requests.domain.files import Scan
from parvis_requests.outgoing.inbound_messages import ReceivedFile
from parvis_requests.service.upload_attachment import MAX_BYTES, seal_file

_LEFT_OUT: Final = Text(fr="\n\nFichiers non repris : ", en="\n\nFiles left out: ")
TOO_LARGE: Final = Text(fr="trop lourd", en="too large")
NOT_FETCHED: Final = Text(
    fr="fichier joint à un SMS ou envoyé par messagerie, non repris",
    en="file of a text message or of a messenger, not taken",
)
INFECTED: Final = Text(fr="retenu par l'antivirus", en="held back by the antivirus")
NOT_KEPT: Final = Text(fr="non conservé : courrier tenu pour indésirable", en="not kept: the mail was held for spam")
NO_ROOM: Final = Text(
    fr="non conservé : trop de fichiers attendent d'être qualifiés", en="not kept: too many files wait to be qualified"
)
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


@dataclass(frozen=True, slots=True)
class KeptFiles:
    """What passed, sealed with the owner's key and written, and what was refused.

    The rows are still to be stored; of what they never are, the blobs are swept.
    """

    owner: UUID
    files: Sequence[Attachment]
    refused: Sequence[RefusedFile] = ()


async def keep_files(owner: UUID, collectivity: str, files: Sequence[ReceivedFile], keeping: FileKeeping) -> KeptFiles:
    """Look at each and write those that pass, outside of any transaction: ten photos take some time."""
    kept: list[Attachment] = []
    refused: list[RefusedFile] = []
    for file in files:
        if len(file.content) > MAX_BYTES:
            refused.append(RefusedFile(file.name, TOO_LARGE))
            continue
        try:
            async with undone_on_failure(keeping.blobs) as fresh:
                upload = await seal_file(
                    owner, collectivity, file.content, persons=keeping.persons, blobs=fresh, scan=keeping.scan
                )
        except tuple(_WHY) as error:
            refused.append(RefusedFile(file.name, _WHY[type(error)]))
        else:
            kept.append(upload.attachment)
    return KeptFiles(owner, kept, refused)


def with_refusals(words: str, refused: Sequence[RefusedFile]) -> str | Text:
    """The words, and below them which files are not there; each reader has that in their own language."""
    said = Text(fr=words or "(sans texte)", en=words or "(no text)")
    if not refused:
        return words or said
    fr = ", ".join(f"{each.name} ({each.why.fr})" for each in refused)
    en = ", ".join(f"{each.name} ({each.why.en})" for each in refused)
    return Text(fr=f"{said.fr}{_LEFT_OUT.fr}{fr}.", en=f"{said.en}{_LEFT_OUT.en}{en}.")


def without_refusals(words: str, language: Language) -> str:
    """The words alone: what somebody calls their files is not for another body."""
    said, told, _ = words.rpartition(_LEFT_OUT.in_language(language))
    return said if told else words
