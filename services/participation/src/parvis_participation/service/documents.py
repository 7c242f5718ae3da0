# SPDX-License-Identifier: EUPL-1.2
"""Agents publish documents with a process or an assembly: known by their content, looked at, in versions.

They lie in the database, as files of surveys do; unsealed, as everybody may read them.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_files.content import XLSX
from parvis_kit.ids import uuid7
from parvis_participation.db import assemblies, documents, processes
from parvis_participation.db.document_tables import Document as Row
from parvis_participation.db.document_tables import DocumentVersion
from parvis_participation.domain.audience import Visibility
from parvis_participation.domain.document import MOST, MOST_BYTES, MOST_VERSIONS, DocumentRoomError, Owner
from parvis_participation.domain.errors import NotFoundError, StaleVersionError
from parvis_participation.service.clean_files import Look, clean_photo, known, look_at

IMAGES: Final = ("image/jpeg", "image/png", "image/webp")
KINDS: Final = (
    "application/pdf",
    *IMAGES,
    "application/vnd.oasis.opendocument.text",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    XLSX,
)


@dataclass(frozen=True, slots=True)
class About:
    """What is said of a document: its title in its own language (BCP 47), and how others get what it says."""

    title: str
    language: str
    alternative: str | None


@dataclass(frozen=True, slots=True)
class Content:
    """A file as it is kept."""

    media_type: str
    content: bytes


async def cleaned(content: bytes, look: Look | None) -> Content:
    """The file as it is kept, outside of any transaction; of an image without what its camera wrote into it.

    Raises FileError, InfectedFileError or AntivirusAwayError.
    """
    media_type, content = await known(content, sheets=True)
    if media_type in IMAGES:
        content = (await clean_photo(content)).content
    await look_at(content, look)
    return Content(media_type, content)


async def check_owner(session: AsyncSession, collectivity: str, owner: Owner, owner_id: UUID, *, lock: bool) -> None:
    """Raise NotFoundError unless the town has that process or assembly, a draft too."""
    if owner is Owner.PROCESS:
        await processes.one(session, collectivity, owner_id, lock=lock)
    else:
        await assemblies.one(session, collectivity, owner_id, lock=lock)


async def check_shown(
    session: AsyncSession, collectivity: str, owner: Owner, owner_id: UUID, to: Collection[Visibility] | None
) -> None:
    """Raise NotFoundError unless such people see that process or assembly; agents (None) see drafts too."""
    if to is None:
        await check_owner(session, collectivity, owner, owner_id, lock=False)
    elif owner is Owner.PROCESS:
        await processes.shown(session, collectivity, owner_id, to)
    else:
        await assemblies.one(session, collectivity, owner_id, published=True)


async def publish_document(
    session: AsyncSession, of: tuple[str, Owner, UUID], about: About, file: Content, *, now: datetime
) -> documents.Versioned:
    """Have it be there from now on; ``of`` has the collectivity, the kind of its owner and the owner's id.

    Raises NotFoundError or DocumentRoomError.
    """
    collectivity, owner, owner_id = of
    await check_owner(session, collectivity, owner, owner_id, lock=True)
    number, size = await documents.held(session, owner_id)
    if number >= MOST or size + len(file.content) > MOST_BYTES:
        raise DocumentRoomError
    row = Row(
        id=uuid7(),
        collectivity=collectivity,
        owner=owner.value,
        owner_id=owner_id,
        title=about.title,
        language=about.language,
        alternative=about.alternative,
        version=1,
        created_at=now,
        changed_at=now,
    )
    session.add(row)
    await session.flush()
    return documents.Versioned(row, [await _add(session, row, 1, file, now)])


async def replace_document(
    session: AsyncSession, which: tuple[str, Owner, UUID, UUID], about: About, file: Content, *, version: int,
    now: datetime,
) -> documents.Versioned:  # fmt: skip
    """Have a newer file stand for it, beside those of before; raises as :func:`publish_document`, or StaleVersionError.

    ``which`` has the collectivity, the kind of its owner, the owner's id and its own.
    """
    collectivity, owner, owner_id, document_id = which
    await check_owner(session, collectivity, owner, owner_id, lock=True)
    row = await _seen(session, collectivity, owner_id, document_id, version)
    before = await documents.versioned(session, row)
    _, size = await documents.held(session, owner_id)
    if len(before.versions) >= MOST_VERSIONS or size + len(file.content) > MOST_BYTES:
        raise DocumentRoomError
    row.title, row.language, row.alternative = about.title, about.language, about.alternative
    row.version, row.changed_at = row.version + 1, now
    made = await _add(session, row, len(before.versions) + 1, file, now)
    return documents.Versioned(row, [*before.versions, made])


async def withdraw_document(
    session: AsyncSession, which: tuple[str, Owner, UUID, UUID], *, version: int, now: datetime
) -> None:
    """Forget its title and content; that it was there, when, and the digests of its versions stay.

    Raises NotFoundError or StaleVersionError.
    """
    collectivity, owner, owner_id, document_id = which
    await check_owner(session, collectivity, owner, owner_id, lock=False)
    row = await _seen(session, collectivity, owner_id, document_id, version)
    row.title, row.alternative, row.withdrawn_at, row.version = None, None, now, row.version + 1
    await session.flush()
    await documents.forget_content(session, row.id)


async def find_version(
    session: AsyncSession,
    which: tuple[str, Owner, UUID, UUID],
    number: int,
    to: Collection[Visibility] | None,
    *,
    whole: bool,
) -> DocumentVersion:
    """A version as :func:`check_shown` shows it, with its content where ``whole``; raises NotFoundError."""
    collectivity, owner, owner_id, document_id = which
    await check_shown(session, collectivity, owner, owner_id, to)
    row = await documents.one(session, collectivity, owner_id, document_id)
    found = await documents.version(session, row.id, number, whole=whole)
    if whole and found.content is None:  # withdrawn between two statements
        raise NotFoundError
    return found


async def _seen(session: AsyncSession, collectivity: str, owner_id: UUID, document_id: UUID, version: int) -> Row:
    row = await documents.one(session, collectivity, owner_id, document_id, lock=True)
    if row.version != version:
        raise StaleVersionError
    return row


async def _add(session: AsyncSession, row: Row, number: int, file: Content, now: datetime) -> DocumentVersion:
    digest, size = sha256(file.content).digest(), len(file.content)
    made = DocumentVersion(
        document_id=row.id,
        number=number,
        collectivity=row.collectivity,
        media_type=file.media_type,
        size=size,
        digest=digest,
        content=file.content,
        created_at=now,
    )
    session.add(made)
    await session.flush()
    return made
