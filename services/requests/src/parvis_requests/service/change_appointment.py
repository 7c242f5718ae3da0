# SPDX-License-Identifier: EUPL-1.2
"""Move and cancel appointments: the person until the time said, agents with a reason that is told."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.messaging import outbox
from parvis_requests import appointment_events
from parvis_requests.db import agendas, appointments
from parvis_requests.db import appointment_kinds as kinds
from parvis_requests.db.tables import Appointment, AppointmentKind
from parvis_requests.domain.appointment import AppointmentAct, AppointmentState, reminder_at
from parvis_requests.domain.appointment_errors import SlotTakenError
from parvis_requests.domain.calendar import Holidays
from parvis_requests.domain.errors import StaleVersionError
from parvis_requests.domain.request import Actor
from parvis_requests.service.appointment_slots import slots_instead
from parvis_requests.service.book_appointment import places_for
from parvis_requests.service.offer_slots import offer_freed

CHANGE_REASON: Final = "appointment.reason"


@dataclass(frozen=True, slots=True)
class Change:
    """What is to become of an appointment that the caller saw in a version; ``reason`` is told to the person."""

    appointment_id: UUID
    version: int
    reason: str | None
    starts_at: datetime | None = None
    agenda_id: UUID | None = None


async def move_appointment(
    session: AsyncSession, actor: Actor, change: Change, *, persons: PersonKeys, holidays: Holidays, now: datetime
) -> Appointment:
    """Give it another time, or another agenda at the same time.

    Raises NotFoundError, StaleVersionError, AppointmentOverError, TooLateToChangeError, ReasonMissingError,
    UnknownAgendaError, NotASlotError, or SlotTakenError with what is free instead.
    """
    seen = await appointments.one(session, actor, change.appointment_id)
    kind = await kinds.one(session, actor.collectivity, seen.kind_id)
    start = change.starts_at or seen.starts_at
    # All that may be touched is held in one order, before the appointment itself.
    await agendas.lock(session, {seen.agenda_id, *(each.id for each in await agendas.open_for(session, kind.id))})
    row = await _changeable(session, actor, change, kind, now)
    places = await places_for(session, actor, kind, change.agenda_id, start, holidays=holidays, now=now, alone=True)
    rhythm = kinds.rhythm(kind)
    for agenda_id in sorted(places, key=lambda id_: id_ != row.agenda_id):
        if await appointments.others_in(session, row, agenda_id, rhythm.taken(start)):
            continue
        before, left = row.starts_at, row.agenda_id
        row.agenda_id, row.starts_at = agenda_id, start
        row.ends_at, row.frees_at = start + rhythm.duration, rhythm.taken(start).end
        await _acted(session, actor, row, AppointmentAct.MOVED, change.reason, persons, now)
        entity = appointments.entity(row, kind)
        remind_at = reminder_at(start, await agendas.reminder_before(session, agenda_id), now)
        told = appointment_events.moved(entity, before, remind_at, now, by_agent=_by_agent(actor))
        await outbox.add(session, told)
        await offer_freed(session, actor.collectivity, left, before, holidays=holidays, now=now)
        return row
    raise SlotTakenError(await slots_instead(session, kind, start, holidays=holidays, now=now, soon=actor.is_agent))


async def cancel_appointment(
    session: AsyncSession, actor: Actor, change: Change, *, persons: PersonKeys, holidays: Holidays, now: datetime
) -> Appointment:
    """Give its time back, to the first who waits for it.

    Raises NotFoundError, StaleVersionError, AppointmentOverError, TooLateToChangeError or ReasonMissingError.
    """
    seen = await appointments.one(session, actor, change.appointment_id)
    kind = await kinds.one(session, actor.collectivity, seen.kind_id)
    await agendas.lock(session, {seen.agenda_id})
    row = await _changeable(session, actor, change, kind, now)
    row.state = AppointmentState.CANCELLED
    await _acted(session, actor, row, AppointmentAct.CANCELLED, change.reason, persons, now)
    entity = appointments.entity(row, kind)
    await outbox.add(session, appointment_events.cancelled(entity, now, by_agent=_by_agent(actor)))
    await offer_freed(session, actor.collectivity, row.agenda_id, row.starts_at, holidays=holidays, now=now)
    return row


async def _changeable(
    session: AsyncSession, actor: Actor, change: Change, kind: AppointmentKind, now: datetime
) -> Appointment:
    row = await appointments.one(session, actor, change.appointment_id, lock=True)
    if row.version != change.version:
        raise StaleVersionError
    appointments.entity(row, kind).changeable_by(actor, change.reason, now)
    return row


async def _acted(
    session: AsyncSession,
    actor: Actor,
    row: Appointment,
    act: AppointmentAct,
    reason: str | None,
    persons: PersonKeys,
    now: datetime,
) -> None:
    row.reason = (await persons.of(row.person)).seal(CHANGE_REASON, reason) if reason else None
    row.version, row.updated_at = row.version + 1, now
    await session.flush()
    appointments.record(session, row, actor, act, now)
    await session.flush()


def _by_agent(actor: Actor) -> bool:
    return actor.by.is_agent if actor.by else actor.is_agent
