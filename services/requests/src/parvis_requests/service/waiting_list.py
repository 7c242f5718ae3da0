# SPDX-License-Identifier: EUPL-1.2
"""Wait for a slot of an agenda, see one's place, and wait no more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_requests.db import agendas, appointments, requests, waits
from parvis_requests.db import appointment_kinds as kinds
from parvis_requests.db.tables import Agenda, Appointment, AppointmentKind, AppointmentOffer, AppointmentWait
from parvis_requests.domain.appointment import AppointmentAct
from parvis_requests.domain.appointment_errors import (
    AlreadyWaitingError,
    TooManyWaitsError,
    UnknownAgendaError,
    UnknownKindError,
    WaitRangeError,
)
from parvis_requests.domain.calendar import Holidays
from parvis_requests.domain.errors import NotAllowedError, NotFoundError, StaleVersionError
from parvis_requests.domain.request import Actor
from parvis_requests.domain.waiting import LONGEST_WAIT, MAX_WAITS, USUAL_WAIT
from parvis_requests.service.offer_slots import give_back


@dataclass(frozen=True, slots=True)
class Hope:
    """What somebody waits for; without limits, for any slot of the next months."""

    kind: str
    agenda_id: UUID
    starts_after: datetime | None
    starts_before: datetime | None
    request_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class OpenWait:
    """A place on a list, from 1, with what it is for and what is offered now, if anything."""

    row: AppointmentWait
    kind: AppointmentKind
    agenda: Agenda
    position: int
    offer: tuple[AppointmentOffer, Appointment] | None


async def join_list(session: AsyncSession, actor: Actor, hope: Hope, now: datetime) -> AppointmentWait:
    """Go to the end of an agenda's list; for oneself, or for whom an agent assists.

    Raises NotAllowedError (an agent for nobody), NotFoundError (the request), UnknownKindError, UnknownAgendaError,
    WaitRangeError, TooManyWaitsError or AlreadyWaitingError.
    """
    if actor.is_agent:
        raise NotAllowedError
    if hope.request_id:
        await requests.one(session, actor, hope.request_id)
    try:
        await agendas.one(session, actor.collectivity, hope.agenda_id)
    except NotFoundError as error:
        raise UnknownAgendaError from error
    kind = await kinds.named(session, actor.collectivity, hope.kind)
    if kind is None or not kind.active:
        raise UnknownKindError
    if hope.agenda_id not in {row.id for row in await agendas.open_for(session, kind.id)}:
        raise UnknownAgendaError
    after, before = hope.starts_after or now, hope.starts_before or now + USUAL_WAIT
    if not (after < before and now < before <= now + LONGEST_WAIT):
        raise WaitRangeError
    # One after the other, so that ids are given in the order in which people join.
    await agendas.lock(session, {hope.agenda_id})
    if await waits.count(session, actor.collectivity, actor.person) >= MAX_WAITS:
        raise TooManyWaitsError
    row = await waits.add(
        session,
        id=uuid7(),
        collectivity=actor.collectivity,
        agenda_id=hope.agenda_id,
        kind_id=kind.id,
        person=actor.person,
        request_id=hope.request_id,
        starts_after=after,
        starts_before=before,
        version=1,
        created_at=now,
    )
    if row is None:
        raise AlreadyWaitingError
    return row


async def list_waits(session: AsyncSession, actor: Actor) -> list[OpenWait]:
    """The caller's own."""
    return await open_waits(session, await waits.all_of(session, actor.collectivity, actor.person, MAX_WAITS))


async def read_wait(session: AsyncSession, actor: Actor, wait_id: UUID) -> OpenWait:
    """One of the caller's own; raises NotFoundError."""
    return (await open_waits(session, [await waits.one(session, actor.collectivity, actor.person, wait_id)]))[0]


async def leave_list(
    session: AsyncSession, actor: Actor, wait_id: UUID, *, version: int, holidays: Holidays, now: datetime
) -> None:
    """Wait no more; what is offered now goes to the next. Raises NotFoundError or StaleVersionError."""
    seen = await waits.one(session, actor.collectivity, actor.person, wait_id)
    await agendas.lock(session, {seen.agenda_id})
    row = await waits.one(session, actor.collectivity, actor.person, wait_id, lock=True)
    if row.version != version:
        raise StaleVersionError
    offered = (await waits.open_offers(session, [row.id])).get(row.id)
    await waits.remove(session, row.id)
    if offered:
        held = await appointments.one(session, actor, offered[1].id, lock=True)
        offer = await waits.offer(session, held.id, lock=True)
        await give_back(session, actor, held, offer, AppointmentAct.DECLINED, holidays=holidays, now=now)


async def open_waits(session: AsyncSession, rows: Sequence[AppointmentWait]) -> list[OpenWait]:
    """These, with what they are for, their places, and what is offered."""
    about = await kinds.by_id(session, {row.kind_id for row in rows})
    where = await agendas.by_id(session, {row.agenda_id for row in rows})
    offered = await waits.open_offers(session, [row.id for row in rows])
    return [
        OpenWait(row, about[row.kind_id], where[row.agenda_id], await waits.position(session, row), offered.get(row.id))
        for row in rows
    ]
