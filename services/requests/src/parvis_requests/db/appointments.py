# SPDX-License-Identifier: EUPL-1.2
"""The appointments and their history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_kit.ids import uuid7
from parvis_requests.db import access
from parvis_requests.db.tables import Appointment as Row
from parvis_requests.db.tables import AppointmentKind, AppointmentStep
from parvis_requests.domain.agenda import Span
from parvis_requests.domain.appointment import Appointment, AppointmentAct, AppointmentState
from parvis_requests.domain.errors import NotFoundError
from parvis_requests.domain.request import Actor

# As the exclusion constraint says it: what is cancelled holds no time.
_HOLDING: Final = Row.state != AppointmentState.CANCELLED


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of appointments is restricted to; None means no restriction."""

    agenda_id: UUID | None = None
    request_id: UUID | None = None
    starts_after: datetime | None = None
    starts_before: datetime | None = None
    states: tuple[AppointmentState, ...] = ()


def readable(actor: Actor) -> Select[tuple[Row]]:
    """The appointments that the actor may see: their own, for agents all but those about a request kept from them."""
    town = select(Row).where(Row.collectivity == actor.collectivity)
    return town.where(access.about_open(actor, Row.request_id) if actor.is_agent else Row.person == actor.person)


async def one(session: AsyncSession, actor: Actor, appointment_id: UUID, *, lock: bool = False) -> Row:
    """One that the actor may see; raises NotFoundError."""
    wanted = readable(actor).where(Row.id == appointment_id).execution_options(populate_existing=lock)
    row = (await session.execute(wanted.with_for_update() if lock else wanted)).scalar_one_or_none()
    if row is None:
        raise NotFoundError
    return row


async def of_town(session: AsyncSession, collectivity: str, appointment_id: UUID, *, lock: bool = False) -> Row:
    """One of a collectivity's, whosever it is; raises NotFoundError."""
    wanted = select(Row).where(Row.id == appointment_id, Row.collectivity == collectivity)
    wanted = wanted.execution_options(populate_existing=lock)
    row = (await session.execute(wanted.with_for_update() if lock else wanted)).scalar_one_or_none()
    if row is None:
        raise NotFoundError
    return row


async def page(
    session: AsyncSession, actor: Actor, filters: Filters, position: keyset.Position | None, limit: int
) -> keyset.Slice[Row]:
    """One page of those that the actor may see, in the order in which they begin."""
    wanted = readable(actor)
    if filters.agenda_id:
        wanted = wanted.where(Row.agenda_id == filters.agenda_id)
    if filters.request_id:
        wanted = wanted.where(Row.request_id == filters.request_id)
    if filters.starts_after:
        wanted = wanted.where(Row.starts_at > filters.starts_after)
    if filters.starts_before:
        wanted = wanted.where(Row.starts_at < filters.starts_before)
    if filters.states:
        wanted = wanted.where(Row.state.in_(filters.states))
    rows = await session.scalars(keyset.at(wanted, Row.starts_at, Row.id, position, limit, newest_first=False))
    return keyset.cut(rows.all(), position, limit, key="starts_at")


async def add(session: AsyncSession, **values: Any) -> Row | None:
    """Book it; None where another has taken a part of its time, even one that is only being written now.

    Two who insert at once wait for each other and one goes on: with a plain insert both would wait until PostgreSQL
    finds the deadlock.
    """
    made = insert(Row).values(**values).on_conflict_do_nothing().returning(Row)
    return (await session.execute(made)).scalar_one_or_none()


async def others_in(session: AsyncSession, row: Row, agenda_id: UUID, wanted: Span) -> bool:
    """True where another appointment than this one keeps an agenda busy then."""
    taken = func.tstzrange(Row.starts_at, Row.frees_at).op("&&")(func.tstzrange(wanted.start, wanted.end))
    others = select(Row.id).where(Row.agenda_id == agenda_id, Row.id != row.id, _HOLDING, taken)
    return (await session.execute(others.limit(1))).first() is not None


async def count_ahead(session: AsyncSession, collectivity: str, person: UUID, now: datetime) -> int:
    """How many a person has ahead; until the transaction ends, nobody else counts theirs."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"appointments:{person}", 0))))
    return await ahead_of(session, collectivity, person, now)


async def ahead_of(session: AsyncSession, collectivity: str, person: UUID, now: datetime) -> int:
    """How many a person has ahead, what is offered to them included; somebody may be adding one meanwhile."""
    mine = (Row.collectivity == collectivity, Row.person == person, _HOLDING, Row.starts_at > now)
    return await session.scalar(select(func.count()).where(*mine)) or 0


def record(session: AsyncSession, row: Row, actor: Actor, act: AppointmentAct, now: datetime) -> None:
    """Add one act to the history; its sequence is the version that the act made."""
    session.add(
        AppointmentStep(
            id=uuid7(),
            collectivity=row.collectivity,
            appointment_id=row.id,
            sequence=row.version,
            act=act,
            actor=actor.by.person if actor.by else actor.person,
            by_agent=actor.by.is_agent if actor.by else actor.is_agent,
            starts_at=row.starts_at,
            created_at=now,
        )
    )


async def history(session: AsyncSession, appointment_id: UUID) -> Sequence[AppointmentStep]:
    """All acts in their order."""
    wanted = select(AppointmentStep).where(AppointmentStep.appointment_id == appointment_id)
    return (await session.scalars(wanted.order_by(AppointmentStep.sequence).limit(1_000))).all()


async def remove_old(session: AsyncSession, before: datetime, limit: int) -> int:
    """Forget those that ended before, with their history; returns how many."""
    old = select(Row.id).where(Row.ends_at < before).order_by(Row.ends_at).limit(limit)
    gone = await session.execute(delete(Row).where(Row.id.in_(old)).returning(Row.id))
    return len(gone.all())


def entity(row: Row, kind: AppointmentKind) -> Appointment:
    """The domain's view of a row."""
    return Appointment(
        id=row.id,
        collectivity=row.collectivity,
        kind=kind.code,
        agenda=row.agenda_id,
        request=row.request_id,
        person=row.person,
        state=AppointmentState(row.state),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        version=row.version,
        change_until=timedelta(minutes=kind.change_until_minutes),
    )
