# SPDX-License-Identifier: EUPL-1.2
"""The rows of archives of participatory budgets."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from parvis_kit.db import keyset
from parvis_participation.db.archive_tables import BudgetArchive as Row
from parvis_participation.db.only import only
from parvis_participation.domain.archive import ArchiveState


async def one(
    session: AsyncSession,
    collectivity: str,
    archive_id: UUID,
    *,
    published: bool = False,
    lock: bool = False,
    whole: bool = False,
) -> Row:
    """An archive of that collectivity, with its record and ballots where ``whole``; raises NotFoundError."""
    wanted = select(Row).where(Row.id == archive_id, Row.collectivity == collectivity)
    if published:
        wanted = wanted.where(Row.published_at.is_not(None))
    if whole:
        wanted = wanted.options(undefer(Row.record), undefer(Row.ballots))
    return await only(session, wanted.with_for_update() if lock else wanted)


async def page(
    session: AsyncSession, conditions: Sequence[ColumnElement[bool]], position: keyset.Position | None, limit: int
) -> keyset.Slice[Row]:
    """One page of those of which all that is true, newest first."""
    wanted = select(Row).where(*conditions)
    rows = await session.scalars(keyset.at(wanted, Row.created_at, Row.id, position, limit))
    return keyset.cut(rows.all(), position, limit)


def of_town(collectivity: str, *, published: bool) -> list[ColumnElement[bool]]:
    """Those of a collectivity, or those of them that everybody reads."""
    of = [Row.collectivity == collectivity]
    return [*of, Row.published_at.is_not(None)] if published else of


async def waiting(session: AsyncSession, collectivity: str, most: int) -> int:
    """How many files of a collectivity wait to be read, counted up to that number."""
    some = select(Row.id).where(Row.collectivity == collectivity, Row.state == ArchiveState.WAITING).limit(most)
    return await session.scalar(select(func.count()).select_from(some.subquery())) or 0


async def known(session: AsyncSession, collectivity: str, digest: bytes) -> bool:
    """Whether a collectivity has an archive of that file."""
    wanted = select(Row.id).where(
        Row.collectivity == collectivity, Row.digest == digest, Row.state != ArchiveState.REFUSED
    )
    return (await session.execute(wanted.limit(1))).first() is not None


async def take(session: AsyncSession, now: datetime, held: timedelta) -> Row | None:
    """A file that waits and nobody reads, held that long from now on, with its content; None if there is none."""
    wanted = select(Row).where(Row.state == ArchiveState.WAITING, Row.held_until <= now)
    wanted = wanted.options(undefer(Row.content)).order_by(Row.held_until, Row.id).limit(1)
    row: Row | None = (await session.scalars(wanted.with_for_update(skip_locked=True))).one_or_none()
    if row is not None:
        row.held_until, row.tries = now + held, row.tries + 1
        await session.flush()
    return row


async def standing(session: AsyncSession, archive_id: UUID, tries: int) -> Row | None:
    """The same, locked, once it is read; None where it was deleted, or read by somebody else meanwhile."""
    wanted = select(Row).where(Row.id == archive_id, Row.state == ArchiveState.WAITING, Row.tries == tries)
    return (await session.scalars(wanted.with_for_update())).one_or_none()
