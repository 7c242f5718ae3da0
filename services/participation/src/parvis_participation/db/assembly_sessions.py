# SPDX-License-Identifier: EUPL-1.2
"""The rows of assemblies' sessions, their attendance and minutes, and what followers are to be told of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_participation.db.assembly_tables import AssemblyAttendance as Attendance
from parvis_participation.db.assembly_tables import AssemblyMember as Member
from parvis_participation.db.assembly_tables import AssemblyMinutes as Minutes
from parvis_participation.db.assembly_tables import AssemblyNews as News
from parvis_participation.db.assembly_tables import AssemblySession as Row
from parvis_participation.db.only import only
from parvis_participation.domain.assembly import MinutesState, Presence, SessionState

_PUBLIC: Final = (SessionState.CONVENED, SessionState.CANCELLED)


async def one(session: AsyncSession, collectivity: str, session_id: UUID, *, lock: bool = False) -> Row:
    """A session of that collectivity; raises NotFoundError."""
    wanted = select(Row).where(Row.id == session_id, Row.collectivity == collectivity)
    # As it is once it is locked, also where it was read before.
    locked = wanted.with_for_update().execution_options(populate_existing=True)
    return await only(session, locked if lock else wanted)


async def public_one(session: AsyncSession, assembly_id: UUID, session_id: UUID) -> Row:
    """A session of that assembly that was convened, also one that was cancelled later; raises NotFoundError."""
    wanted = select(Row).where(Row.id == session_id, Row.assembly_id == assembly_id, Row.state.in_(_PUBLIC))
    return await only(session, wanted)


async def page(
    session: AsyncSession, assembly_id: UUID, position: keyset.Position | None, limit: int
) -> keyset.Slice[Row]:
    """One page of the sessions that were convened, the latest first."""
    wanted = select(Row).where(Row.assembly_id == assembly_id, Row.state.in_(_PUBLIC))
    rows = await session.scalars(keyset.at(wanted, Row.begins_at, Row.id, position, limit))
    return keyset.cut(rows.all(), position, limit, key="begins_at")


async def since(session: AsyncSession, assembly_id: UUID, instant: datetime, limit: int) -> Sequence[Row]:
    """The sessions that were convened for that instant or later, the latest first."""
    wanted = select(Row).where(Row.assembly_id == assembly_id, Row.state.in_(_PUBLIC), Row.begins_at >= instant)
    return (await session.scalars(wanted.order_by(Row.begins_at.desc(), Row.id.desc()).limit(limit))).all()


async def note(session: AsyncSession, row: Row, presences: dict[UUID, Presence]) -> None:
    """Who came, in the place of what was noted before."""
    gone = delete(Attendance).where(Attendance.session_id == row.id)
    await session.execute(gone.execution_options(synchronize_session=False))
    session.add_all(
        Attendance(session_id=row.id, member_id=member, collectivity=row.collectivity, presence=presence)
        for member, presence in presences.items()
    )
    await session.flush()


async def attendance(session: AsyncSession, session_id: UUID) -> dict[UUID, Presence]:
    """Whether each member came, by id."""
    wanted = select(Attendance.member_id, Attendance.presence).where(Attendance.session_id == session_id)
    return {member: Presence(presence) for member, presence in (await session.execute(wanted)).all()}


async def absent(session: AsyncSession, session_id: UUID) -> Sequence[Member]:
    """The members who did not come."""
    wanted = select(Member).join(Attendance, Attendance.member_id == Member.id)
    wanted = wanted.where(Attendance.session_id == session_id, Attendance.presence != Presence.PRESENT)
    return (await session.scalars(wanted)).all()


async def versions(session: AsyncSession, session_id: UUID, *, published: bool = False) -> Sequence[Minutes]:
    """The versions of the minutes, the first first."""
    wanted = select(Minutes).where(Minutes.session_id == session_id)
    if published:
        wanted = wanted.where(Minutes.state == MinutesState.PUBLISHED)
    return (await session.scalars(wanted.order_by(Minutes.number))).all()


async def minutes(
    session: AsyncSession, session_id: UUID, number: int, *, published: bool = False, lock: bool = False
) -> Minutes:
    """A version of the minutes, a published one where ``published``; raises NotFoundError."""
    wanted = select(Minutes).where(Minutes.session_id == session_id, Minutes.number == number)
    if published:
        wanted = wanted.where(Minutes.state == MinutesState.PUBLISHED)
    return await only(session, wanted.with_for_update() if lock else wanted)


async def next_number(session: AsyncSession, session_id: UUID) -> int:
    """The number of the next version; the caller holds the session's row."""
    wanted = select(func.max(Minutes.number)).where(Minutes.session_id == session_id)
    return int(await session.scalar(wanted) or 0) + 1


async def untold_news(session: AsyncSession, failed: Sequence[UUID]) -> News | None:
    """News of which followers are still to be told, none of those, locked; None if none."""
    wanted = select(News).where(News.told_at.is_(None), News.id.not_in(failed))
    wanted = wanted.order_by(News.id).limit(1).with_for_update(skip_locked=True)
    return (await session.execute(wanted)).scalar_one_or_none()
