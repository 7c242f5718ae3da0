# SPDX-License-Identifier: EUPL-1.2
"""The rows of public meetings."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_participation.db.meeting_tables import Meeting as Row
from parvis_participation.db.meeting_tables import MeetingNews as News
from parvis_participation.db.only import only
from parvis_participation.domain.meeting import MeetingState

CHANGED: Final = "changed"
CANCELLED: Final = "cancelled"
REMINDER: Final = "reminder"
"""What people are told of a meeting."""
_PUBLIC: Final = (MeetingState.PUBLISHED, MeetingState.CANCELLED)


async def one(
    session: AsyncSession, collectivity: str, meeting_id: UUID, *, public: bool = False, lock: bool = False
) -> Row:
    """A meeting of that collectivity, one that was published where ``public``; raises NotFoundError."""
    wanted = select(Row).where(Row.id == meeting_id, Row.collectivity == collectivity)
    if public:
        wanted = wanted.where(Row.state.in_(_PUBLIC))
    return await only(session, wanted.with_for_update() if lock else wanted)


async def page(
    session: AsyncSession,
    collectivity: str,
    position: keyset.Position | None,
    limit: int,
    *,
    public: bool,
    process: UUID | None = None,
    assembly: UUID | None = None,
) -> keyset.Slice[Row]:
    """One page of the meetings, the latest first, of that process or assembly where given."""
    wanted = select(Row).where(Row.collectivity == collectivity)
    if public:
        wanted = wanted.where(Row.state.in_(_PUBLIC))
    if process is not None:
        wanted = wanted.where(Row.process_id == process)
    if assembly is not None:
        wanted = wanted.where(Row.assembly_id == assembly)
    rows = await session.scalars(keyset.at(wanted, Row.begins_at, Row.id, position, limit))
    return keyset.cut(rows.all(), position, limit, key="begins_at")


async def since(session: AsyncSession, collectivity: str, instant: datetime, limit: int) -> Sequence[Row]:
    """The meetings that were published for that instant or later, the latest first."""
    wanted = select(Row).where(Row.collectivity == collectivity, Row.state.in_(_PUBLIC), Row.begins_at >= instant)
    return (await session.scalars(wanted.order_by(Row.begins_at.desc(), Row.id.desc()).limit(limit))).all()


async def to_forget(session: AsyncSession, before: datetime) -> Row | None:
    """A meeting that was over before that instant and whose registrations are still there, locked; None if none."""
    wanted = select(Row).where(~Row.forgotten, Row.ends_at < before).order_by(Row.ends_at).limit(1)
    return (await session.execute(wanted.with_for_update(skip_locked=True))).scalar_one_or_none()


async def to_remind(session: AsyncSession, now: datetime, until: datetime) -> Row | None:
    """A published meeting that begins by then and of which nobody was reminded yet, locked; None if none."""
    wanted = select(Row).where(Row.reminded_of.is_distinct_from(Row.begins_at))
    wanted = wanted.where(Row.begins_at > now, Row.begins_at <= until, Row.state == MeetingState.PUBLISHED)
    wanted = wanted.order_by(Row.begins_at).limit(1).with_for_update(skip_locked=True)
    return (await session.execute(wanted)).scalar_one_or_none()


async def changed_since(session: AsyncSession, meeting_id: UUID, instant: datetime) -> bool:
    """Whether people are told of another time or place since then."""
    wanted = select(News.id).where(News.meeting_id == meeting_id, News.created_at >= instant, News.subject == CHANGED)
    return (await session.execute(wanted.limit(1))).first() is not None


async def latest_change(session: AsyncSession, meeting_id: UUID, since: datetime) -> News | None:
    """The last that people are told of another time or place since then, locked; None if none."""
    wanted = select(News).where(News.meeting_id == meeting_id, News.created_at >= since, News.subject == CHANGED)
    return (await session.execute(wanted.order_by(News.id.desc()).limit(1).with_for_update())).scalar_one_or_none()


async def untold_news(session: AsyncSession) -> News | None:
    """News that people are still to be told, locked; None if none."""
    wanted = select(News).where(News.told_at.is_(None)).order_by(News.id).limit(1).with_for_update(skip_locked=True)
    return (await session.execute(wanted)).scalar_one_or_none()
