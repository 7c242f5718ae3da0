# SPDX-License-Identifier: EUPL-1.2
"""The rows of people who register for public meetings without an account. Whoever changes them holds the meeting's."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.db.meeting_guest_tables import MeetingGuest as Row
from parvis_participation.db.meeting_guest_tables import MeetingGuestMail as Mail
from parvis_participation.db.only import only


class Gone(NamedTuple):
    """Somebody who was deleted, and for which meeting they had registered."""

    person: UUID
    meeting_id: UUID
    collectivity: str


async def by_address(session: AsyncSession, meeting_id: UUID, address: bytes) -> Row | None:
    """Who registered for that meeting with that address."""
    wanted = select(Row).where(Row.meeting_id == meeting_id, Row.address == address)
    return (await session.execute(wanted)).scalar_one_or_none()


async def by_digest(session: AsyncSession, digest: bytes) -> Row:
    """Whose link it is, as it is now; raises NotFoundError."""
    return await only(session, select(Row).where(Row.digest == digest).execution_options(populate_existing=True))


async def of_person(session: AsyncSession, collectivity: str, person: UUID) -> Row:
    """Somebody of that collectivity; raises NotFoundError."""
    return await only(session, select(Row).where(Row.person == person, Row.collectivity == collectivity))


async def mails_since(session: AsyncSession, mailbox: bytes, since: datetime) -> int:
    """How many mails went to that mailbox since then, for all meetings, whatever became of the registrations."""
    wanted = select(func.count()).where(Mail.address == mailbox, Mail.sent_at > since)
    return await session.scalar(wanted) or 0


async def asked_since(session: AsyncSession, collectivity: str, since: datetime, limit: int) -> int:
    """How many have registered in a collectivity since then, counted up to that number."""
    wanted = select(Mail.id).where(Mail.collectivity == collectivity, Mail.registers, Mail.sent_at > since)
    return await session.scalar(select(func.count()).select_from(wanted.limit(limit).subquery())) or 0


async def forget_mails(session: AsyncSession, before: datetime) -> None:
    """Delete what is kept of mails that went before then."""
    await session.execute(delete(Mail).where(Mail.sent_at <= before).execution_options(synchronize_session=False))


async def held(session: AsyncSession, meeting_id: UUID) -> int:
    """How many of a meeting are to confirm."""
    wanted = select(func.count()).where(Row.meeting_id == meeting_id, Row.confirmed_at.is_(None))
    return await session.scalar(wanted) or 0


async def late(session: AsyncSession, now: datetime, limit: int) -> Sequence[Row]:
    """Those who have not confirmed in time, the first first."""
    wanted = select(Row).where(Row.confirmed_at.is_(None), Row.confirm_before <= now)
    return (await session.scalars(wanted.order_by(Row.confirm_before).limit(limit))).all()


async def of_meeting(session: AsyncSession, meeting_id: UUID, limit: int) -> Sequence[UUID]:
    """Some of a meeting, or all."""
    return (await session.scalars(select(Row.person).where(Row.meeting_id == meeting_id).limit(limit))).all()


async def forget(session: AsyncSession, *people: UUID) -> Sequence[Gone]:
    """Delete those of them who are some; returns who they were."""
    gone = delete(Row).where(Row.person.in_(people)).returning(Row.person, Row.meeting_id, Row.collectivity)
    return [Gone(*row) for row in await session.execute(gone.execution_options(synchronize_session=False))]
