# SPDX-License-Identifier: EUPL-1.2
"""Offer a freed slot to who waits for it: taken, declined, or over when nobody answers; then it is the next one's.

Whoever frees, offers or ends an offer holds the agenda alone, and the offered appointment holds its time from the
moment on in which the other gave it back: nobody books between the two, and no slot is offered to two.
"""

import asyncio
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db.database import Database
from parvis_kit.ids import uuid7
from parvis_kit.logs import logger
from parvis_kit.messaging import outbox
from parvis_requests import appointment_events
from parvis_requests.db import agendas, appointments, reporters, transfers, waits
from parvis_requests.db import appointment_kinds as kinds
from parvis_requests.db.tables import Appointment, AppointmentKind, AppointmentOffer, AppointmentWait
from parvis_requests.domain.agenda import Span, is_slot
from parvis_requests.domain.appointment import MAX_AHEAD, AppointmentAct, AppointmentState, reminder_at
from parvis_requests.domain.appointment_errors import NotASlotError, OfferOverError
from parvis_requests.domain.calendar import Holidays
from parvis_requests.domain.errors import NotFoundError, StaleVersionError
from parvis_requests.domain.request import Actor
from parvis_requests.domain.waiting import offered_until
from parvis_requests.service.catalogue import Catalogues

# How many of a list are looked at for one slot, whatever keeps them from taking it.
_LOOKED_AT: Final = 50
_BATCH: Final = 100
# How long whoever acts on the request of the only one who waits is waited for, in seconds, and how often.
_PAUSE: Final = 0.05
_TRIES: Final = 5
_log = logger(__name__)


async def offer_freed(
    session: AsyncSession, collectivity: str, agenda_id: UUID, starts_at: datetime, *, holidays: Holidays, now: datetime
) -> Appointment | None:
    """Hold a slot that was just given back for the first who waits for it; the caller holds the agenda alone.

    Who has as many appointments ahead as anybody may keeps their place, and the next is asked. Who can answer here no
    more waits no more. Whose request somebody acts on this moment is passed over, and asked again where nobody else
    takes the slot: an agent is soon done, a transfer may take its time, and nobody's cancellation waits for it.
    """
    agenda = await agendas.one(session, collectivity, agenda_id)
    ends_at = offered_until(starts_at, timedelta(minutes=agenda.offer_minutes), now)
    if ends_at is None:
        return None
    waiting = [*await waits.next_for(session, agenda_id, starts_at, _LOOKED_AT)]
    busy, tries = list[tuple[AppointmentWait, AppointmentKind]](), 0
    while waiting or (busy and tries < _TRIES):
        if not waiting:
            waiting, busy, tries = busy, [], tries + 1
            await _pause()
        wait, kind = waiting.pop(0)
        left = await _left(session, wait)
        if left is None:
            busy.append((wait, kind))
            continue
        if left:
            await waits.remove(session, wait.id)
            continue
        rhythm = kinds.rhythm(kind)
        bookable = rhythm.bookable(now)
        opening = (await agendas.openings(session, [agenda], rhythm.taken(starts_at), holidays))[agenda_id]
        if not (bookable.start <= starts_at < bookable.end and is_slot(opening, rhythm, starts_at)):
            continue
        if await appointments.ahead_of(session, collectivity, wait.person, now) >= MAX_AHEAD:
            continue
        row = await _held(session, wait, kind, starts_at, now)
        if row:
            session.add(
                AppointmentOffer(
                    appointment_id=row.id, collectivity=collectivity, wait_id=wait.id, ends_at=ends_at, open=True
                )
            )
            appointments.record(session, row, Actor.service(collectivity), AppointmentAct.OFFERED, now)
            await outbox.add(session, appointment_events.offered(appointments.entity(row, kind), ends_at, now))
            await session.flush()
            return row
    return None


async def accept_offer(
    session: AsyncSession, actor: Actor, appointment_id: UUID, *, version: int, holidays: Holidays, now: datetime
) -> Appointment:
    """Have the offered slot; the person waits no more.

    Raises NotFoundError, StaleVersionError, OfferOverError, or NotASlotError where the agenda has closed meanwhile.
    """
    row, offer = await _answered(session, actor, appointment_id, version, now)
    agenda = await agendas.one(session, actor.collectivity, row.agenda_id)
    span = Span(row.starts_at, row.ends_at)
    if not (agenda.active and (await agendas.openings(session, [agenda], span, holidays))[agenda.id].holds(span)):
        raise NotASlotError
    kind = await kinds.one(session, actor.collectivity, row.kind_id)
    row.state, offer.open = AppointmentState.BOOKED, False
    await _acted(session, actor, row, AppointmentAct.BOOKED, now)
    await waits.remove(session, offer.wait_id)
    remind_at = reminder_at(row.starts_at, timedelta(minutes=agenda.reminder_minutes), now)
    await outbox.add(session, appointment_events.booked(appointments.entity(row, kind), remind_at, now))
    return row


async def decline_offer(
    session: AsyncSession, actor: Actor, appointment_id: UUID, *, version: int, holidays: Holidays, now: datetime
) -> Appointment:
    """Leave the offered slot to the next; the person keeps their place for others.

    Raises NotFoundError, StaleVersionError or OfferOverError.
    """
    row, offer = await _answered(session, actor, appointment_id, version, now)
    await give_back(session, actor, row, offer, AppointmentAct.DECLINED, holidays=holidays, now=now)
    return row


async def give_back(
    session: AsyncSession,
    actor: Actor,
    row: Appointment,
    offer: AppointmentOffer,
    act: AppointmentAct,
    *,
    holidays: Holidays,
    now: datetime,
) -> None:
    """End an offer untaken and ask the next; the caller holds the agenda alone."""
    row.state, offer.open = AppointmentState.CANCELLED, False
    await _acted(session, actor, row, act, now)
    await offer_freed(session, row.collectivity, row.agenda_id, row.starts_at, holidays=holidays, now=now)


async def lapse_offers(database: Database, catalogues: Catalogues, now: datetime) -> int:
    """End the offers that nobody answered in time, each in a transaction of its own; returns how many.

    Who let one go by waits no more, as they were told: otherwise each freed slot would lie idle before them. One that
    fails holds up no other, and is tried again at the next round.
    """
    ended, last = 0, None
    while True:
        async with database.reading() as session:
            due = await waits.due(session, now, last, _BATCH)
        for ends_at, appointment_id, agenda_id, collectivity in due:
            last = (ends_at, appointment_id)
            try:
                ended += await _end(database, catalogues, collectivity, agenda_id, appointment_id, now=now)
            except Exception as error:  # noqa: BLE001 - tried again at the next round, whatever it was
                _log.warning("offer_not_ended", appointment=str(appointment_id), error=type(error).__name__)
        if len(due) < _BATCH:
            break
    async with database.unit_of_work() as uow:
        await waits.remove_ended(uow.session, now, _BATCH)
        await uow.commit()
    return ended


async def _end(
    database: Database, catalogues: Catalogues, town: str, agenda_id: UUID, appointment_id: UUID, *, now: datetime
) -> bool:
    holidays = (await catalogues.of(town)).holidays
    async with database.unit_of_work() as uow:
        ended = await _lapse(uow.session, town, agenda_id, appointment_id, holidays=holidays, now=now)
        await uow.commit()
    return ended


async def _lapse(
    session: AsyncSession,
    collectivity: str,
    agenda_id: UUID,
    appointment_id: UUID,
    *,
    holidays: Holidays,
    now: datetime,
) -> bool:
    await agendas.lock(session, {agenda_id})
    row = await appointments.of_town(session, collectivity, appointment_id, lock=True)
    offer = await waits.offer(session, appointment_id, lock=True)
    if not offer.open or offer.ends_at > now:
        return False  # another worker was faster, or the person
    await waits.remove(session, offer.wait_id)
    await give_back(session, Actor.service(collectivity), row, offer, AppointmentAct.LAPSED, holidays=holidays, now=now)
    return True


async def _pause() -> None:
    await asyncio.sleep(_PAUSE)


async def _left(session: AsyncSession, wait: AppointmentWait) -> bool | None:
    """Whether their request went to another town, and with it the token by which alone they could answer.

    None where somebody acts on it this moment.
    """
    gone = False if wait.request_id is None else await transfers.is_gone(session, wait.request_id)
    if not gone:
        return gone
    return await reporters.of(session, wait.collectivity, wait.person) is not None


async def _held(
    session: AsyncSession, wait: AppointmentWait, kind: AppointmentKind, starts_at: datetime, now: datetime
) -> Appointment | None:
    rhythm = kinds.rhythm(kind)
    return await appointments.add(
        session,
        id=uuid7(),
        collectivity=wait.collectivity,
        kind_id=kind.id,
        agenda_id=wait.agenda_id,
        request_id=wait.request_id,
        person=wait.person,
        starts_at=starts_at,
        ends_at=starts_at + rhythm.duration,
        frees_at=rhythm.taken(starts_at).end,
        state=AppointmentState.OFFERED,
        version=1,
        created_at=now,
        updated_at=now,
    )


async def _answered(
    session: AsyncSession, actor: Actor, appointment_id: UUID, version: int, now: datetime
) -> tuple[Appointment, AppointmentOffer]:
    seen = await appointments.one(session, actor, appointment_id)
    await agendas.lock(session, {seen.agenda_id})
    row = await appointments.one(session, actor, appointment_id, lock=True)
    if row.person != actor.person:
        raise NotFoundError  # an agent sees it, and answers for nobody whom they do not assist
    if row.version != version:
        raise StaleVersionError
    if row.state != AppointmentState.OFFERED:
        raise OfferOverError
    offer = await waits.offer(session, appointment_id, lock=True)
    if offer.ends_at <= now:
        raise OfferOverError
    return row, offer


async def _acted(session: AsyncSession, actor: Actor, row: Appointment, act: AppointmentAct, now: datetime) -> None:
    row.version, row.updated_at = row.version + 1, now
    await session.flush()
    appointments.record(session, row, actor, act, now)
    await session.flush()
