# SPDX-License-Identifier: EUPL-1.2
"""Book an appointment: checked against the hours, then held by the database against everybody who wants the same."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_kit.messaging import outbox
from parvis_requests import appointment_events
from parvis_requests.db import agendas, appointments, requests
from parvis_requests.db import appointment_kinds as kinds
from parvis_requests.db.tables import Appointment, AppointmentKind
from parvis_requests.domain.agenda import is_slot
from parvis_requests.domain.appointment import MAX_AHEAD, AppointmentAct, AppointmentState, reminder_at
from parvis_requests.domain.appointment_errors import (
    ForWhomError,
    NotASlotError,
    SlotTakenError,
    TooManyAppointmentsError,
    UnknownAgendaError,
    UnknownKindError,
)
from parvis_requests.domain.calendar import Holidays
from parvis_requests.domain.request import Actor
from parvis_requests.service.appointment_slots import slots_instead


@dataclass(frozen=True, slots=True)
class Wish:
    """Which appointment somebody wants; without an agenda, in any that is free."""

    kind: str
    starts_at: datetime
    agenda_id: UUID | None
    request_id: UUID | None


async def book_appointment(
    session: AsyncSession, actor: Actor, wish: Wish, *, holidays: Holidays, now: datetime
) -> Appointment:
    """Book it, in the caller's transaction.

    Raises UnknownKindError, UnknownAgendaError, NotFoundError (the request), ForWhomError, NotASlotError,
    TooManyAppointmentsError, or SlotTakenError with what is free instead.
    """
    person = await _for_whom(session, actor, wish.request_id)
    kind = await kinds.named(session, actor.collectivity, wish.kind)
    if kind is None or not kind.active:
        raise UnknownKindError
    places = await places_for(session, actor, kind, wish.agenda_id, wish.starts_at, holidays=holidays, now=now)
    if await appointments.count_ahead(session, actor.collectivity, person, now) >= MAX_AHEAD:
        raise TooManyAppointmentsError
    rhythm = kinds.rhythm(kind)
    for agenda_id in places:
        row = await appointments.add(
            session,
            id=uuid7(),
            collectivity=actor.collectivity,
            kind_id=kind.id,
            agenda_id=agenda_id,
            request_id=wish.request_id,
            person=person,
            starts_at=wish.starts_at,
            ends_at=wish.starts_at + rhythm.duration,
            frees_at=rhythm.taken(wish.starts_at).end,
            state=AppointmentState.BOOKED,
            version=1,
            created_at=now,
            updated_at=now,
        )
        if row:
            appointments.record(session, row, actor, AppointmentAct.BOOKED, now)
            remind_at = reminder_at(row.starts_at, await agendas.reminder_before(session, agenda_id), now)
            await outbox.add(session, appointment_events.booked(appointments.entity(row, kind), remind_at, now))
            await session.flush()
            return row
    raise SlotTakenError(
        await slots_instead(session, kind, wish.starts_at, holidays=holidays, now=now, soon=actor.is_agent)
    )


async def places_for(
    session: AsyncSession,
    actor: Actor,
    kind: AppointmentKind,
    agenda_id: UUID | None,
    start: datetime,
    *,
    holidays: Holidays,
    now: datetime,
    alone: bool = False,
) -> list[UUID]:
    """The agendas in which a slot begins then, free or not; held until the transaction ends (``alone``: by it only).

    Raises UnknownAgendaError or NotASlotError.
    """
    rhythm = kinds.rhythm(kind, soon=actor.is_agent)
    bookable = rhythm.bookable(now)
    if not bookable.start <= start < bookable.end:
        raise NotASlotError
    rows = [row for row in await agendas.open_for(session, kind.id) if agenda_id in {None, row.id}]
    if not rows:
        raise UnknownAgendaError
    await agendas.lock(session, [row.id for row in rows], shared=not alone)
    # Read again what may have changed before it was held.
    rows = [row for row in await agendas.open_for(session, kind.id, fresh=True) if agenda_id in {None, row.id}]
    openings = await agendas.openings(session, rows, rhythm.taken(start), holidays)
    places = [id_ for id_, opening in openings.items() if is_slot(opening, rhythm, start)]
    if not places:
        raise NotASlotError
    return places


async def _for_whom(session: AsyncSession, actor: Actor, request_id: UUID | None) -> UUID:
    request = await requests.one(session, actor, request_id) if request_id else None
    if not actor.is_agent:
        return actor.person
    if request is None:
        raise ForWhomError
    return request.author
