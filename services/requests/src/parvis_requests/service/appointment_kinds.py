# SPDX-License-Identifier: EUPL-1.2
"""What appointments can be about: how long, how soon, how far ahead, and in which agendas."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_requests.db import appointment_kinds as kinds
from parvis_requests.db.tables import AppointmentKind
from parvis_requests.domain.appointment_errors import AgendaLimitError, KindExistsError, UnknownAgendaError
from parvis_requests.domain.errors import NotFoundError, StaleVersionError
from parvis_requests.domain.request import Actor
from parvis_requests.service.agendas import allow_agendas

MAX_KINDS: Final = 300


@dataclass(frozen=True, slots=True)
class KindContent:
    """What is said of a kind of appointments; texts by language."""

    name: Mapping[str, str]
    instructions: Mapping[str, str]
    duration_minutes: int
    buffer_minutes: int
    lead_minutes: int
    horizon_days: int
    change_until_minutes: int
    active: bool


@dataclass(frozen=True, slots=True)
class OfferedKind:
    """A kind, and the agendas in which it is given."""

    row: AppointmentKind
    agendas: Sequence[UUID]


async def make_kind(
    session: AsyncSession, actor: Actor, code: str, content: KindContent, agendas: Sequence[UUID], now: datetime
) -> OfferedKind:
    """Begin one; raises NotAllowedError, KindExistsError, UnknownAgendaError or AgendaLimitError."""
    allow_agendas(actor)
    if await kinds.count(session, actor.collectivity) >= MAX_KINDS:
        raise AgendaLimitError
    if await kinds.named(session, actor.collectivity, code):
        raise KindExistsError
    row = AppointmentKind(
        id=uuid7(), collectivity=actor.collectivity, code=code, version=1, created_at=now, **_said(content, now)
    )
    session.add(row)
    await session.flush()
    return await _given(session, row, agendas)


async def replace_kind(
    session: AsyncSession,
    actor: Actor,
    kind_id: UUID,
    content: KindContent,
    agendas: Sequence[UUID],
    *,
    version: int,
    now: datetime,
) -> OfferedKind:
    """Say it anew: what was booked keeps its time.

    Raises NotAllowedError, NotFoundError, StaleVersionError or UnknownAgendaError.
    """
    allow_agendas(actor)
    row = await kinds.one(session, actor.collectivity, kind_id, lock=True)
    if row.version != version:
        raise StaleVersionError
    for column, value in _said(content, now).items():
        setattr(row, column, value)
    row.version += 1
    await session.flush()
    return await _given(session, row, agendas)


async def list_kinds(session: AsyncSession, collectivity: str) -> list[OfferedKind]:
    """Those that a collectivity offers, by their codes."""
    rows = [row for row in await kinds.all_of(session, collectivity, MAX_KINDS) if row.active]
    where = await kinds.agendas_of(session, [row.id for row in rows])
    return [OfferedKind(row, where[row.id]) for row in rows]


async def offered_kind(session: AsyncSession, collectivity: str, code: str) -> AppointmentKind:
    """The one of that code, where it is part of an address; raises NotFoundError."""
    row = await kinds.named(session, collectivity, code)
    if row is None or not row.active:
        raise NotFoundError
    return row


async def _given(session: AsyncSession, row: AppointmentKind, agendas: Sequence[UUID]) -> OfferedKind:
    if not await kinds.give_in(session, row, agendas):
        raise UnknownAgendaError
    return OfferedKind(row, sorted(set(agendas)))


def _said(content: KindContent, now: datetime) -> dict[str, Any]:
    return {**asdict(content), "updated_at": now}
