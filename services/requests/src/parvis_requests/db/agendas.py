# SPDX-License-Identifier: EUPL-1.2
"""The agendas, their exceptions, and what is already in them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.clocks import clock_of
from parvis_requests.db import access
from parvis_requests.db.tables import Agenda, AgendaException, Appointment, AppointmentKindAgenda
from parvis_requests.domain.agenda import Hours, Opening, Span, Weekday
from parvis_requests.domain.appointment import AppointmentState
from parvis_requests.domain.calendar import Holidays
from parvis_requests.domain.errors import NotFoundError
from parvis_requests.domain.request import Actor


async def one(session: AsyncSession, collectivity: str, agenda_id: UUID, *, lock: bool = False) -> Agenda:
    """One of a collectivity's; raises NotFoundError."""
    wanted = select(Agenda).where(Agenda.id == agenda_id, Agenda.collectivity == collectivity)
    row = (await session.execute(wanted.with_for_update() if lock else wanted)).scalar_one_or_none()
    if row is None:
        raise NotFoundError
    return row


async def all_of(session: AsyncSession, collectivity: str, limit: int) -> Sequence[Agenda]:
    """A collectivity's, in the order in which they were made."""
    wanted = select(Agenda).where(Agenda.collectivity == collectivity).order_by(Agenda.id).limit(limit)
    return (await session.scalars(wanted)).all()


async def by_id(session: AsyncSession, ids: Collection[UUID]) -> Mapping[UUID, Agenda]:
    """These, by their ids."""
    return {row.id: row for row in await session.scalars(select(Agenda).where(Agenda.id.in_(ids)))}


async def reminder_before(session: AsyncSession, agenda_id: UUID) -> timedelta:
    """How long before their start people are reminded of an agenda's appointments; nothing for never."""
    minutes = await session.scalar(select(Agenda.reminder_minutes).where(Agenda.id == agenda_id))
    return timedelta(minutes=minutes or 0)


async def count(session: AsyncSession, collectivity: str) -> int:
    """How many agendas a collectivity has."""
    return await session.scalar(select(func.count()).where(Agenda.collectivity == collectivity)) or 0


async def open_for(session: AsyncSession, kind_id: UUID, *, fresh: bool = False) -> Sequence[Agenda]:
    """The agendas in which appointments of a kind are given now; ``fresh`` as they stand, whatever was read before."""
    wanted = (
        select(Agenda)
        .join(AppointmentKindAgenda, AppointmentKindAgenda.agenda_id == Agenda.id)
        .where(AppointmentKindAgenda.kind_id == kind_id, Agenda.active)
        .order_by(Agenda.id)
        .execution_options(populate_existing=fresh)
    )
    return (await session.scalars(wanted)).all()


async def lock(session: AsyncSession, ids: Collection[UUID], *, shared: bool = False) -> None:
    """Hold agendas until the transaction ends, in one order for all.

    ``shared`` is for who only adds an appointment: any number may, and the database refuses the second of two that
    overlap. Whoever changes hours or exceptions, or moves what is there, waits for all of them and they for it.
    """
    wanted = select(Agenda.id).where(Agenda.id.in_(ids)).order_by(Agenda.id).with_for_update(read=shared)
    await session.execute(wanted)


async def openings(
    session: AsyncSession, agendas: Sequence[Agenda], within: Span, holidays: Holidays
) -> Mapping[UUID, Opening]:
    """When each is open, with the exceptions that touch a span."""
    wanted = select(AgendaException).where(
        AgendaException.agenda_id.in_([agenda.id for agenda in agendas]),
        AgendaException.ends_at > within.start,
        AgendaException.starts_at < within.end,
    )
    spans: dict[tuple[UUID, bool], list[Span]] = defaultdict(list)
    for row in await session.scalars(wanted):
        spans[row.agenda_id, row.closed].append(Span(row.starts_at, row.ends_at))
    return {
        agenda.id: Opening(
            [_hours(each) for each in agenda.hours],
            None if agenda.open_on_holidays else holidays,
            extra=spans[agenda.id, False],
            closed=spans[agenda.id, True],
            clock=clock_of(agenda.collectivity),
        )
        for agenda in agendas
    }


async def busy(session: AsyncSession, ids: Collection[UUID], within: Span) -> Mapping[UUID, list[Span]]:
    """What keeps each agenda busy in a span."""
    wanted = select(Appointment.agenda_id, Appointment.starts_at, Appointment.frees_at).where(
        Appointment.agenda_id.in_(ids),
        Appointment.state != AppointmentState.CANCELLED,
        func.tstzrange(Appointment.starts_at, Appointment.frees_at).op("&&")(func.tstzrange(within.start, within.end)),
    )
    spans: dict[UUID, list[Span]] = defaultdict(list)
    for agenda_id, start, end in await session.execute(wanted):
        spans[agenda_id].append(Span(start, end))
    return spans


async def ahead(
    session: AsyncSession, actor: Actor, agenda_id: UUID, now: datetime, limit: int
) -> Sequence[tuple[Appointment, bool]]:
    """The appointments of an agenda whose time has not come, those that are offered included, in their order.

    With each, whether the actor reads what it is about.
    """
    wanted = select(Appointment, access.about_open(actor, Appointment.request_id)).where(
        Appointment.agenda_id == agenda_id, Appointment.state != AppointmentState.CANCELLED, Appointment.starts_at > now
    )
    rows = await session.execute(wanted.order_by(Appointment.starts_at, Appointment.id).limit(limit))
    return [(row, read) for row, read in rows]


async def exceptions(session: AsyncSession, agenda_id: UUID, after: datetime, limit: int) -> Sequence[AgendaException]:
    """The exceptions of an agenda that are not over, in their order."""
    wanted = select(AgendaException).where(AgendaException.agenda_id == agenda_id, AgendaException.ends_at > after)
    wanted = wanted.order_by(AgendaException.ends_at, AgendaException.id).limit(limit)
    return (await session.scalars(wanted)).all()


async def remove_exception(session: AsyncSession, agenda_id: UUID, exception_id: UUID) -> None:
    """Have the hours hold again; raises NotFoundError."""
    gone = delete(AgendaException).where(AgendaException.id == exception_id, AgendaException.agenda_id == agenda_id)
    if (await session.execute(gone.returning(AgendaException.id))).first() is None:
        raise NotFoundError


def _hours(stored: Mapping[str, str]) -> Hours:
    return Hours(Weekday(stored["day"]), time.fromisoformat(stored["opens"]), time.fromisoformat(stored["closes"]))
