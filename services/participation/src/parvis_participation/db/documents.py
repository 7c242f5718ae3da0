# SPDX-License-Identifier: EUPL-1.2
"""The documents' rows and their versions."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from parvis_participation.db.document_tables import Document as Row
from parvis_participation.db.document_tables import DocumentVersion as Version
from parvis_participation.db.only import only


@dataclass(frozen=True, slots=True)
class Versioned:
    """A document with its versions, the first first."""

    row: Row
    versions: Sequence[Version]


async def all_of(session: AsyncSession, collectivity: str, owner_id: UUID) -> list[Versioned]:
    """The documents of a process or an assembly that are there, the newest first."""
    wanted = select(Row).where(Row.owner_id == owner_id, Row.collectivity == collectivity, Row.withdrawn_at.is_(None))
    rows = (await session.scalars(wanted.order_by(Row.created_at.desc(), Row.id.desc()))).all()
    ids = [row.id for row in rows]
    found = select(Version).where(Version.document_id.in_(ids)).order_by(Version.document_id, Version.number)
    of: dict[UUID, list[Version]] = {document: [] for document in ids}
    for version in await session.scalars(found):
        of[version.document_id].append(version)
    return [Versioned(row, of[row.id]) for row in rows]


async def versioned(session: AsyncSession, row: Row) -> Versioned:
    """That document with its versions."""
    wanted = select(Version).where(Version.document_id == row.id).order_by(Version.number)
    return Versioned(row, (await session.scalars(wanted)).all())


async def one(
    session: AsyncSession, collectivity: str, owner_id: UUID, document_id: UUID, *, lock: bool = False
) -> Row:
    """A document that is there; raises NotFoundError."""
    wanted = select(Row).where(Row.id == document_id, Row.owner_id == owner_id, Row.collectivity == collectivity)
    wanted = wanted.where(Row.withdrawn_at.is_(None))
    return await only(session, wanted.with_for_update() if lock else wanted)


async def version(session: AsyncSession, document_id: UUID, number: int, *, whole: bool) -> Version:
    """One version, with its content where ``whole``; raises NotFoundError."""
    wanted = select(Version).where(Version.document_id == document_id, Version.number == number)
    return await only(session, wanted.options(undefer(Version.content)) if whole else wanted)


async def held(session: AsyncSession, owner_id: UUID) -> tuple[int, int]:
    """How many documents are there, and how many bytes all their versions have."""
    there = Row.owner_id == owner_id, Row.withdrawn_at.is_(None)
    number = await session.scalar(select(func.count()).where(*there)) or 0
    size = select(func.sum(Version.size)).join(Row, Row.id == Version.document_id).where(*there)
    return number, int(await session.scalar(size) or 0)


async def forget_content(session: AsyncSession, document_id: UUID) -> None:
    """Empty all versions of a document."""
    gone = update(Version).where(Version.document_id == document_id).values(content=None)
    await session.execute(gone.execution_options(synchronize_session=False))
