# SPDX-License-Identifier: EUPL-1.2
"""The rows of registrations for public meetings. Whoever changes them holds the meeting's row."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_participation.db.meeting_tables import Meeting
from parvis_participation.db.meeting_tables import MeetingRegistration as Row
from parvis_participation.domain.meeting import RegistrationState


async def mine(session: AsyncSession, meeting_id: UUID, person: UUID) -> Row | None:
    """The registration of an account; None if none."""
    wanted = select(Row).where(Row.meeting_id == meeting_id, Row.person == person)
    return (await session.execute(wanted)).scalar_one_or_none()


async def ahead(session: AsyncSession, row: Row) -> int:
    """How many wait before this one."""
    wanted = select(func.count()).where(
        Row.meeting_id == row.meeting_id, Row.state == RegistrationState.WAITING, Row.id < row.id
    )
    return int(await session.scalar(wanted) or 0)


async def first_waiting(session: AsyncSession, meeting_id: UUID, limit: int) -> Sequence[Row]:
    """Those who wait and whose address is known, who came first first."""
    waits = Row.state == RegistrationState.WAITING
    wanted = select(Row).where(Row.meeting_id == meeting_id, waits, Row.held.is_(False))
    return (await session.scalars(wanted.order_by(Row.id).limit(limit))).all()


async def page(
    session: AsyncSession, meeting_id: UUID, position: keyset.Position | None, limit: int, state: RegistrationState
) -> keyset.Slice[Row]:
    """One page of the registrations in that state, the newest first; nobody whose address is still to confirm."""
    wanted = select(Row).where(Row.meeting_id == meeting_id, Row.state == state, Row.held.is_(False))
    rows = await session.scalars(keyset.at(wanted, Row.created_at, Row.id, position, limit))
    return keyset.cut(rows.all(), position, limit)


async def with_place(session: AsyncSession, meeting_id: UUID, ids: Sequence[UUID]) -> Sequence[Row]:
    """Those of them who have a place at that meeting."""
    wanted = select(Row).where(Row.id.in_(ids), Row.meeting_id == meeting_id, Row.state == RegistrationState.REGISTERED)
    return (await session.scalars(wanted)).all()


async def number_who_came(session: AsyncSession, meeting_id: UUID) -> int:
    """How many of those with a place came."""
    wanted = select(func.count()).where(
        Row.meeting_id == meeting_id, Row.state == RegistrationState.REGISTERED, Row.came.is_(True)
    )
    return int(await session.scalar(wanted) or 0)


async def next_after(session: AsyncSession, meeting_id: UUID, after: UUID | None, limit: int) -> Sequence[Row]:
    """Those who are registered or wait, and may be told, by id, after that one."""
    wanted = select(Row).where(Row.meeting_id == meeting_id, Row.held.is_(False))
    if after is not None:
        wanted = wanted.where(Row.id > after)
    return (await session.scalars(wanted.order_by(Row.id).limit(limit))).all()


async def to_remind(
    session: AsyncSession, meeting_id: UUID, since: datetime, after: UUID | None, limit: int
) -> Sequence[Row]:
    """Those who have a place and registered by then, by id, after that one."""
    wanted = (
        select(Row)
        .where(Row.meeting_id == meeting_id, Row.state == RegistrationState.REGISTERED, Row.created_at <= since)
        .where(Row.held.is_(False))
    )
    if after is not None:
        wanted = wanted.where(Row.id > after)
    return (await session.scalars(wanted.order_by(Row.id).limit(limit))).all()


async def people_to_come(session: AsyncSession, now: datetime, after: UUID, limit: int) -> Sequence[UUID]:
    """Who is registered for a meeting that has not begun, or waits, by their ids, after that one."""
    wanted = select(Row.person).join(Meeting, Meeting.id == Row.meeting_id)
    wanted = wanted.where(Meeting.begins_at > now, Row.person > after).group_by(Row.person)
    return (await session.scalars(wanted.order_by(Row.person).limit(limit))).all()


async def meetings_of(session: AsyncSession, person: UUID) -> Sequence[Meeting]:
    """The meetings that an account is registered for, locked in the order of their ids."""
    wanted = select(Meeting).where(Meeting.id.in_(select(Row.meeting_id).where(Row.person == person)))
    return (await session.scalars(wanted.order_by(Meeting.id).with_for_update())).all()


async def forget(session: AsyncSession, meeting_id: UUID) -> None:
    """Delete all registrations of a meeting."""
    gone = delete(Row).where(Row.meeting_id == meeting_id)
    await session.execute(gone.execution_options(synchronize_session=False))
