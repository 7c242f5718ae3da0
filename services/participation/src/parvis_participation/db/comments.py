# SPDX-License-Identifier: EUPL-1.2
"""The comments' rows."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_participation.db.comment_tables import Comment as Row
from parvis_participation.db.comment_tables import CommentVersion
from parvis_participation.db.only import only
from parvis_participation.domain.thread import Subject, ThreadKind

_COLUMNS: Final[dict[ThreadKind, Any]] = {
    ThreadKind.PROJECT: Row.project_id,
    ThreadKind.CONSULTATION: Row.consultation_id,
    ThreadKind.PROPOSAL: Row.proposal_id,
}


def owned(subject: Subject) -> dict[str, UUID]:
    """The column that says whose thread a comment is part of."""
    return {_COLUMNS[subject.kind].key: subject.id}


def subject_of(row: Row) -> Subject:
    """Whose thread it is part of."""
    kind = next(kind for kind, column in _COLUMNS.items() if getattr(row, column.key) is not None)
    return Subject(kind, getattr(row, _COLUMNS[kind].key))


async def one(session: AsyncSession, collectivity: str, comment_id: UUID, *, lock: bool = False) -> Row:
    """A comment of that collectivity; raises NotFoundError."""
    wanted = select(Row).where(Row.id == comment_id, Row.collectivity == collectivity)
    return await only(session, wanted.with_for_update() if lock else wanted)


async def one_at_a_time(session: AsyncSession, person: UUID) -> None:
    """Let one person's next writing wait until this transaction ends, so that what they wrote can be counted."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"writing {person}", 0))))


async def written_since(session: AsyncSession, person: UUID, since: datetime) -> int:
    """How many comments somebody has written since then."""
    return await session.scalar(select(func.count()).where(Row.person == person, Row.created_at > since)) or 0


async def in_thread(session: AsyncSession, subject: Subject, comment_id: UUID) -> Row | None:
    """A comment of that thread, which stays as it is until this transaction ends."""
    wanted = select(Row).where(Row.id == comment_id, _COLUMNS[subject.kind] == subject.id)
    return (await session.execute(wanted.with_for_update(read=True))).scalar_one_or_none()


async def page(
    session: AsyncSession, subject: Subject, position: keyset.Position | None, limit: int
) -> keyset.Slice[Row]:
    """One page of a thread, each comment before its answers, all in the order of their writing.

    The place in it is that of a comment, whose path is looked up: none is ever deleted.
    """
    wanted = select(Row).where(_COLUMNS[subject.kind] == subject.id)
    backward = position is not None and position.backward
    if position is not None:
        place = select(Row.path).where(Row.id == position.id).scalar_subquery()
        wanted = wanted.where(Row.path < place if backward else Row.path > place)
    rows = await session.scalars(wanted.order_by(Row.path.desc() if backward else Row.path).limit(limit + 1))
    return keyset.cut(rows.all(), position, limit)


async def versions(
    session: AsyncSession, comment_id: UUID, position: keyset.Position | None, limit: int
) -> keyset.Slice[CommentVersion]:
    """One page of what a comment said before, the last first."""
    wanted = select(CommentVersion).where(CommentVersion.comment_id == comment_id)
    rows = await session.scalars(keyset.at(wanted, CommentVersion.created_at, CommentVersion.id, position, limit))
    return keyset.cut(rows.all(), position, limit)


async def forget(session: AsyncSession, comment_id: UUID) -> None:
    """Delete what a comment said before."""
    await session.execute(delete(CommentVersion).where(CommentVersion.comment_id == comment_id))


async def move(session: AsyncSession, absorbed: UUID, kept: UUID) -> None:
    """Let the comments of an account that is no more be the kept one's."""
    moved = update(Row).where(Row.person == absorbed).values(person=kept)
    await session.execute(moved.execution_options(synchronize_session=False))
