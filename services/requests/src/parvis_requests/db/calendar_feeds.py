# SPDX-License-Identifier: EUPL-1.2
"""The rows of calendar feeds, and the appointments that each shows."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db import access
from parvis_requests.db.tables import Appointment, CalendarFeed
from parvis_requests.domain.appointment import AppointmentState
from parvis_requests.domain.calendar_feed import MAX_EVENTS, SHOWN_FOR, oversees
from parvis_requests.domain.errors import NotFoundError
from parvis_requests.domain.request import Actor

_MOST = 1_000


class Shown(NamedTuple):
    """What a feed shows: its appointments in their order, and when any of them, or one that is gone, changed last.

    ``dated`` is whether that instant tells all: who of the agents reads a request changes without its appointments.
    """

    rows: Sequence[Appointment]
    changed_at: datetime | None
    dated: bool


async def readable(session: AsyncSession, actor: Actor, now: datetime) -> Sequence[CalendarFeed]:
    """The actor's own, and those of all agents for who oversees them, at most 1,000."""
    wanted = select(CalendarFeed).where(_seen(actor), CalendarFeed.ends_at > now).order_by(CalendarFeed.id)
    return (await session.scalars(wanted.limit(_MOST))).all()


async def one(session: AsyncSession, actor: Actor, feed_id: UUID, now: datetime) -> CalendarFeed:
    """One that the actor may see, locked; raises NotFoundError, once its time is over, too."""
    wanted = select(CalendarFeed).where(CalendarFeed.id == feed_id, _seen(actor), CalendarFeed.ends_at > now)
    row = (await session.execute(wanted.with_for_update())).scalar_one_or_none()
    if row is None:
        raise NotFoundError
    return row


async def count(session: AsyncSession, actor: Actor, now: datetime) -> int:
    """How many the actor has; until the transaction ends, nobody else counts theirs."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"feeds:{actor.person}", 0))))
    mine = (CalendarFeed.owner == actor.person, CalendarFeed.collectivity == actor.collectivity)
    return await session.scalar(select(func.count()).where(*mine, CalendarFeed.ends_at > now)) or 0


async def by_digest(session: AsyncSession, digest: bytes, now: datetime) -> CalendarFeed:
    """The one at that address; raises NotFoundError where there is none, or none any more."""
    wanted = select(CalendarFeed).where(CalendarFeed.digest == digest, CalendarFeed.ends_at > now)
    row = (await session.execute(wanted)).scalar_one_or_none()
    if row is None:
        raise NotFoundError
    return row


async def shown(session: AsyncSession, feed: CalendarFeed, now: datetime) -> Shown:
    """What is ahead or not long past, at most 1,000 appointments.

    An agent's are those that a list would show them by the teams of which they are members: no token comes along.
    """
    mine = Appointment.agenda_id.in_(feed.agendas) if feed.by_agent else Appointment.person == feed.owner
    inside = (mine, Appointment.collectivity == feed.collectivity, Appointment.starts_at > now - SHOWN_FOR)
    reader = Actor(feed.owner, feed.collectivity, is_agent=feed.by_agent)
    read = (*inside, access.about_open(reader, Appointment.request_id))
    wanted = select(Appointment).where(*read, Appointment.state != AppointmentState.CANCELLED)
    rows = await session.scalars(wanted.order_by(Appointment.starts_at, Appointment.id).limit(MAX_EVENTS))
    changed_at = await session.scalar(select(func.max(Appointment.updated_at)).where(*read))
    return Shown(rows.all(), changed_at, dated=not feed.by_agent)


async def move(session: AsyncSession, absorbed: UUID, kept: UUID, now: datetime) -> None:
    """What shows somebody's own appointments goes on showing them under the account that took the place of theirs."""
    theirs = update(CalendarFeed).where(CalendarFeed.owner == absorbed).values(owner=kept, updated_at=now)
    await session.execute(theirs.execution_options(synchronize_session=False))


async def remove_ended(session: AsyncSession, now: datetime) -> None:
    """Forget those whose time is over."""
    await session.execute(delete(CalendarFeed).where(CalendarFeed.ends_at <= now))


def _seen(actor: Actor) -> ColumnElement[bool]:
    mine = CalendarFeed.owner == actor.person
    return (CalendarFeed.collectivity == actor.collectivity) & (
        mine | CalendarFeed.by_agent if oversees(actor) else mine
    )
