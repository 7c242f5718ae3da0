# SPDX-License-Identifier: EUPL-1.2
"""Who waits for a slot of an agenda, and what is offered to them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_requests.db import access
from parvis_requests.db.tables import (
    Agenda,
    Appointment,
    AppointmentKind,
    AppointmentKindAgenda,
    AppointmentOffer,
    AppointmentWait,
)
from parvis_requests.domain.errors import NotFoundError
from parvis_requests.domain.request import Actor


async def one(
    session: AsyncSession, collectivity: str, person: UUID, wait_id: UUID, *, lock: bool = False
) -> AppointmentWait:
    """One of a person's; raises NotFoundError."""
    wanted = (
        select(AppointmentWait)
        .where(
            AppointmentWait.id == wait_id,
            AppointmentWait.collectivity == collectivity,
            AppointmentWait.person == person,
        )
        .execution_options(populate_existing=lock)
    )
    row = (await session.execute(wanted.with_for_update() if lock else wanted)).scalar_one_or_none()
    if row is None:
        raise NotFoundError
    return row


async def all_of(session: AsyncSession, collectivity: str, person: UUID, limit: int) -> Sequence[AppointmentWait]:
    """A person's, in the order in which they joined."""
    mine = (AppointmentWait.collectivity == collectivity, AppointmentWait.person == person)
    return (await session.scalars(select(AppointmentWait).where(*mine).order_by(AppointmentWait.id).limit(limit))).all()


async def on_list(
    session: AsyncSession, agent: Actor, agenda_id: UUID, limit: int
) -> tuple[int, Sequence[tuple[int, AppointmentWait]]]:
    """How many wait for an agenda, and the first of them with their places, but about what is kept from the agent."""
    here = AppointmentWait.agenda_id == agenda_id
    shown = access.about_open(agent, AppointmentWait.request_id)
    wanted = select(AppointmentWait, shown).where(here).order_by(AppointmentWait.id).limit(limit)
    rows = enumerate((await session.execute(wanted)).all(), 1)
    total = await session.scalar(select(func.count()).where(here)) or 0
    return total, [(place, wait) for place, (wait, open_) in rows if open_]


async def offers_made(
    session: AsyncSession, ids: Collection[UUID]
) -> Mapping[UUID, list[tuple[AppointmentOffer, Appointment]]]:
    """All that was offered, by the ids of those who wait, each in the order in which it was."""
    wanted = (
        select(AppointmentOffer, Appointment)
        .join(Appointment, Appointment.id == AppointmentOffer.appointment_id)
        .where(AppointmentOffer.wait_id.in_(ids))
        .order_by(AppointmentOffer.appointment_id)
    )
    made: dict[UUID, list[tuple[AppointmentOffer, Appointment]]] = defaultdict(list)
    for offer_, held in await session.execute(wanted):
        made[offer_.wait_id].append((offer_, held))
    return made


async def count(session: AsyncSession, collectivity: str, person: UUID) -> int:
    """On how many lists a person is; until the transaction ends, nobody else counts theirs."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"waits:{person}", 0))))
    mine = (AppointmentWait.collectivity == collectivity, AppointmentWait.person == person)
    return await session.scalar(select(func.count()).where(*mine)) or 0


async def add(session: AsyncSession, **values: Any) -> AppointmentWait | None:
    """Put somebody at the end of a list; None where they wait for the same there already."""
    made = insert(AppointmentWait).values(**values).on_conflict_do_nothing().returning(AppointmentWait)
    return (await session.execute(made)).scalar_one_or_none()


async def position(session: AsyncSession, row: AppointmentWait) -> int:
    """Which place of its agenda's list it is, from 1."""
    before = (AppointmentWait.agenda_id == row.agenda_id, AppointmentWait.id <= row.id)
    return await session.scalar(select(func.count()).where(*before)) or 1


async def next_for(
    session: AsyncSession, agenda_id: UUID, starts_at: datetime, limit: int
) -> Sequence[tuple[AppointmentWait, AppointmentKind]]:
    """Who may be offered a slot of an agenda that begins then, first come first, held until the transaction ends.

    Neither who is offered something now nor who was offered this before. Whoever is just being moved to another
    account is passed over: to wait for that, with an appointment held, may be to wait for oneself.
    """
    offered = exists().where(AppointmentOffer.wait_id == AppointmentWait.id, AppointmentOffer.open)
    seen = exists().where(
        AppointmentOffer.wait_id == AppointmentWait.id,
        Appointment.id == AppointmentOffer.appointment_id,
        Appointment.starts_at == starts_at,
    )
    wanted = (
        select(AppointmentWait, AppointmentKind)
        .join(AppointmentKind, AppointmentKind.id == AppointmentWait.kind_id)
        .join(
            AppointmentKindAgenda,
            (AppointmentKindAgenda.kind_id == AppointmentWait.kind_id)
            & (AppointmentKindAgenda.agenda_id == AppointmentWait.agenda_id),
        )
        .join(Agenda, Agenda.id == AppointmentWait.agenda_id)
        .where(
            AppointmentWait.agenda_id == agenda_id,
            AppointmentWait.starts_after <= starts_at,
            AppointmentWait.starts_before > starts_at,
            AppointmentKind.active,
            Agenda.active,
            ~offered,
            ~seen,
        )
        .order_by(AppointmentWait.id)
        .limit(limit)
        .with_for_update(of=AppointmentWait, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    return [(wait, kind) for wait, kind in await session.execute(wanted)]


async def offer(session: AsyncSession, appointment_id: UUID, *, lock: bool = False) -> AppointmentOffer:
    """What was offered; raises NotFoundError for an appointment that never was."""
    wanted = select(AppointmentOffer).where(AppointmentOffer.appointment_id == appointment_id)
    wanted = wanted.execution_options(populate_existing=lock)
    row = (await session.execute(wanted.with_for_update() if lock else wanted)).scalar_one_or_none()
    if row is None:
        raise NotFoundError
    return row


async def open_offers(
    session: AsyncSession, ids: Collection[UUID]
) -> Mapping[UUID, tuple[AppointmentOffer, Appointment]]:
    """What is offered now, by the ids of those who wait."""
    wanted = (
        select(AppointmentOffer, Appointment)
        .join(Appointment, Appointment.id == AppointmentOffer.appointment_id)
        .where(AppointmentOffer.wait_id.in_(ids), AppointmentOffer.open)
    )
    return {row.wait_id: (row, held) for row, held in await session.execute(wanted) if row.wait_id}


async def offers_end(session: AsyncSession, ids: Collection[UUID]) -> Mapping[UUID, datetime]:
    """When the open offers among these appointments end."""
    wanted = select(AppointmentOffer).where(AppointmentOffer.appointment_id.in_(ids), AppointmentOffer.open)
    return {row.appointment_id: row.ends_at for row in await session.scalars(wanted)}


async def due(
    session: AsyncSession, now: datetime, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[tuple[datetime, UUID, UUID, str]]:
    """The offers whose time is over, after that one: when it was, the appointment, its agenda and its collectivity.

    The longest over first.
    """
    offer = AppointmentOffer
    wanted = (
        select(offer.ends_at, offer.appointment_id, Appointment.agenda_id, offer.collectivity)
        .join(Appointment, Appointment.id == offer.appointment_id)
        .where(offer.open, offer.ends_at <= now)
    )
    place = keyset.Position(*after) if after else None
    page = keyset.at(wanted, offer.ends_at, offer.appointment_id, place, limit - 1, newest_first=False)
    return [(ends_at, id_, agenda_id, town) for ends_at, id_, agenda_id, town in await session.execute(page)]


async def remove(session: AsyncSession, wait_id: UUID | None) -> None:
    """Take somebody off a list; what they were offered stays as it is."""
    if wait_id:
        await session.execute(delete(AppointmentWait).where(AppointmentWait.id == wait_id))


async def remove_about(session: AsyncSession, request_id: UUID) -> None:
    """Take those off who wait for an appointment about a request, but for whom one is being offered this moment."""
    about = select(AppointmentWait.id).where(AppointmentWait.request_id == request_id)
    free = about.with_for_update(skip_locked=True)
    await session.execute(delete(AppointmentWait).where(AppointmentWait.id.in_(free)))


async def remove_ended(session: AsyncSession, now: datetime, limit: int) -> int:
    """Take those off who waited for a time that is past; returns how many."""
    wanted = select(AppointmentWait.id).where(AppointmentWait.starts_before <= now)
    over = wanted.order_by(AppointmentWait.starts_before).limit(limit).with_for_update(skip_locked=True)
    gone = await session.execute(
        delete(AppointmentWait).where(AppointmentWait.id.in_(over)).returning(AppointmentWait.id)
    )
    return len(gone.all())
