# SPDX-License-Identifier: EUPL-1.2
"""What appointments can be about, and in which agendas they are given."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db.tables import Agenda, AppointmentKind, AppointmentKindAgenda
from parvis_requests.domain.agenda import Rhythm
from parvis_requests.domain.errors import NotFoundError


async def one(session: AsyncSession, collectivity: str, kind_id: UUID, *, lock: bool = False) -> AppointmentKind:
    """One of a collectivity's; raises NotFoundError."""
    wanted = select(AppointmentKind).where(AppointmentKind.id == kind_id, AppointmentKind.collectivity == collectivity)
    row = (await session.execute(wanted.with_for_update() if lock else wanted)).scalar_one_or_none()
    if row is None:
        raise NotFoundError
    return row


async def named(session: AsyncSession, collectivity: str, code: str) -> AppointmentKind | None:
    """The one of that code, offered or not."""
    wanted = select(AppointmentKind).where(AppointmentKind.collectivity == collectivity, AppointmentKind.code == code)
    return (await session.execute(wanted)).scalar_one_or_none()


async def all_of(session: AsyncSession, collectivity: str, limit: int) -> Sequence[AppointmentKind]:
    """A collectivity's, by their codes."""
    wanted = select(AppointmentKind).where(AppointmentKind.collectivity == collectivity)
    return (await session.scalars(wanted.order_by(AppointmentKind.code).limit(limit))).all()


async def by_id(session: AsyncSession, ids: Collection[UUID]) -> Mapping[UUID, AppointmentKind]:
    """These, by their ids."""
    rows = await session.scalars(select(AppointmentKind).where(AppointmentKind.id.in_(ids)))
    return {row.id: row for row in rows}


async def count(session: AsyncSession, collectivity: str) -> int:
    """How many kinds a collectivity has."""
    return await session.scalar(select(func.count()).where(AppointmentKind.collectivity == collectivity)) or 0


async def agendas_of(session: AsyncSession, ids: Collection[UUID]) -> Mapping[UUID, list[UUID]]:
    """In which agendas each of these kinds is given."""
    wanted = select(AppointmentKindAgenda).where(AppointmentKindAgenda.kind_id.in_(ids))
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for row in await session.scalars(wanted.order_by(AppointmentKindAgenda.agenda_id)):
        found[row.kind_id].append(row.agenda_id)
    return found


async def give_in(session: AsyncSession, kind: AppointmentKind, agendas: Collection[UUID]) -> bool:
    """Have a kind given in these agendas and no others; False where one is not the collectivity's."""
    known = select(func.count()).where(Agenda.collectivity == kind.collectivity, Agenda.id.in_(agendas))
    if await session.scalar(known) != len(set(agendas)):
        return False
    await session.execute(delete(AppointmentKindAgenda).where(AppointmentKindAgenda.kind_id == kind.id))
    session.add_all(
        AppointmentKindAgenda(kind_id=kind.id, agenda_id=id_, collectivity=kind.collectivity) for id_ in set(agendas)
    )
    await session.flush()
    return True


def rhythm(row: AppointmentKind, *, soon: bool = False) -> Rhythm:
    """The domain's view of a row; ``soon`` for an agent, whom no lead time binds."""
    return Rhythm(
        duration=timedelta(minutes=row.duration_minutes),
        buffer=timedelta(minutes=row.buffer_minutes),
        lead=timedelta(0) if soon else timedelta(minutes=row.lead_minutes),
        horizon=timedelta(days=row.horizon_days),
    )
