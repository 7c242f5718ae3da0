# SPDX-License-Identifier: EUPL-1.2
"""A file of a vote that took place elsewhere becomes an archive: kept at once, read and counted by the worker."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_participation.db import archives
from parvis_participation.db.archive_tables import BudgetArchive as Row
from parvis_participation.domain.archive import (
    MOST_WAITING,
    ArchiveImportedError,
    ArchiveState,
    ArchiveStateError,
    ArchivesWaitingError,
    EmptyFileError,
)
from parvis_participation.domain.counting.count import Rule
from parvis_participation.domain.errors import StaleVersionError
from parvis_participation.domain.pabulib.published_method import check_parameters
from parvis_participation.service.deposit_project import Author


@dataclass(frozen=True, slots=True)
class NewArchive:
    """A file with where it is from, and how it is counted; without a title it has the file's own.

    ``parameters`` are those of the rule that are known, by their names.
    """

    content: bytes
    source: str
    licence: str | None
    title: str | None
    rule: Rule
    parameters: Mapping[str, str]


async def import_archive(session: AsyncSession, agent: Author, new: NewArchive, *, now: datetime) -> Row:
    """Keep the file to be read, in the caller's transaction.

    Raises EmptyFileError, MethodError, ArchiveImportedError or ArchivesWaitingError.
    """
    if not new.content.strip():
        raise EmptyFileError
    check_parameters(new.rule, new.parameters)
    digest = sha256(new.content).digest()
    if await archives.known(session, agent.collectivity, digest):
        raise ArchiveImportedError
    if await archives.waiting(session, agent.collectivity, MOST_WAITING) >= MOST_WAITING:
        raise ArchivesWaitingError
    row = Row(
        id=uuid7(),
        collectivity=agent.collectivity,
        title=new.title,
        source=new.source,
        licence=new.licence,
        digest=digest,
        size=len(new.content),
        rule=new.rule,
        parameters=dict(new.parameters),
        state=ArchiveState.WAITING,
        content=new.content,
        tries=0,
        held_until=now,
        imported_by=agent.person,
        version=1,
        created_at=now,
    )
    session.add(row)
    try:
        await session.flush()
    except IntegrityError as error:  # the same file came twice at one moment
        raise ArchiveImportedError from error
    return row


async def publish_archive(
    session: AsyncSession, collectivity: str, archive_id: UUID, *, version: int, now: datetime
) -> Row:
    """Let everybody read it, in the caller's transaction.

    Raises NotFoundError, StaleVersionError or ArchiveStateError.
    """
    row = await _seen(session, collectivity, archive_id, version)
    if row.state != ArchiveState.COUNTED or row.published_at is not None:
        raise ArchiveStateError
    row.published_at, row.version = now, row.version + 1
    await session.flush()
    return row


async def delete_archive(session: AsyncSession, collectivity: str, archive_id: UUID, *, version: int) -> None:
    """Leave nothing of it, whatever became of its file; raises NotFoundError or StaleVersionError."""
    await session.delete(await _seen(session, collectivity, archive_id, version))
    await session.flush()


async def _seen(session: AsyncSession, collectivity: str, archive_id: UUID, version: int) -> Row:
    row = await archives.one(session, collectivity, archive_id, lock=True)
    if row.version != version:
        raise StaleVersionError
    return row
