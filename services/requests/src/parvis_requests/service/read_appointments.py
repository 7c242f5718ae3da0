# SPDX-License-Identifier: EUPL-1.2
"""Read appointments, with why an agent changed them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.db.keyset import Position, Slice
from parvis_requests.db import agendas, appointments, calendar_feeds, reporters, requests, waits
from parvis_requests.db import appointment_kinds as kinds
from parvis_requests.db.appointments import Filters
from parvis_requests.db.tables import Agenda, Appointment, AppointmentKind, AppointmentStep
from parvis_requests.domain.appointment import AppointmentState
from parvis_requests.domain.request import Actor
from parvis_requests.service.change_appointment import CHANGE_REASON

_BATCH = 100


@dataclass(frozen=True, slots=True)
class OpenAppointment:
    """An appointment with what it is about and where; ``reason`` is None where none was given or it was erased.

    ``offer_ends_at`` is until when it is held for somebody who has not taken it yet.
    """

    row: Appointment
    kind: AppointmentKind
    agenda: Agenda
    reason: str | None
    offer_ends_at: datetime | None = None

    @property
    def changes_end_at(self) -> datetime:
        """Until when the person may change it."""
        return appointments.entity(self.row, self.kind).changes_end_at


async def read_appointment(
    session: AsyncSession, actor: Actor, appointment_id: UUID, *, persons: PersonKeys
) -> OpenAppointment:
    """One that the actor may see; raises NotFoundError."""
    row = await appointments.one(session, actor, appointment_id)
    return (await open_appointments(session, [row], persons=persons))[0]


async def read_any_appointment(
    session: AsyncSession, collectivity: str, appointment_id: UUID, *, persons: PersonKeys
) -> OpenAppointment:
    """One of a collectivity's, for the service that tells its person of it; raises NotFoundError."""
    row = await appointments.of_town(session, collectivity, appointment_id)
    return (await open_appointments(session, [row], persons=persons))[0]


async def tracked_reference(session: AsyncSession, row: Appointment) -> str | None:
    """By which of their requests somebody without an account comes back to an appointment; None for who has one."""
    if row.request_id is None or await reporters.of(session, row.collectivity, row.person) is None:
        return None
    return (await requests.one(session, Actor.service(row.collectivity), row.request_id)).reference


async def list_appointments(
    session: AsyncSession,
    actor: Actor,
    filters: Filters,
    position: Position | None,
    limit: int,
    *,
    persons: PersonKeys,
) -> Slice[OpenAppointment]:
    """One page of those that the actor may see: few look-ups, whatever its length."""
    page = await appointments.page(session, actor, filters, position, limit)
    return Slice(await open_appointments(session, page.rows, persons=persons), page.next, page.previous)


async def read_steps(session: AsyncSession, actor: Actor, appointment_id: UUID) -> Sequence[AppointmentStep]:
    """What was done to one that the actor may see; raises NotFoundError."""
    row = await appointments.one(session, actor, appointment_id)
    return await appointments.history(session, row.id)


async def open_appointments(
    session: AsyncSession, rows: Sequence[Appointment], *, persons: PersonKeys
) -> list[OpenAppointment]:
    """These, with what they are about, where they are and why they were changed."""
    about = await kinds.by_id(session, {row.kind_id for row in rows})
    where = await agendas.by_id(session, {row.agenda_id for row in rows})
    offered = [row.id for row in rows if row.state == AppointmentState.OFFERED]
    ends = await waits.offers_end(session, offered) if offered else {}
    keys = await persons.of_many({row.person for row in rows if row.reason})
    return [
        OpenAppointment(
            row,
            about[row.kind_id],
            where[row.agenda_id],
            key.open(CHANGE_REASON, row.reason) if row.reason and (key := keys.get(row.person)) else None,
            ends.get(row.id),
        )
        for row in rows
    ]


async def forget_appointments(database: Database, kept: timedelta, now: datetime) -> int:
    """Forget those that ended longer ago than they are kept, and feeds past their time; returns how many they are."""
    total = 0
    while True:
        async with database.unit_of_work() as uow:
            gone = await appointments.remove_old(uow.session, now - kept, _BATCH)
            await calendar_feeds.remove_ended(uow.session, now)
            await uow.commit()
        total += gone
        if gone < _BATCH:
            return total
