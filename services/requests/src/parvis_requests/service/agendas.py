# SPDX-License-Identifier: EUPL-1.2
"""Agendas and their exceptions: administrators say when they are open; what is booked stays until it is moved.

A change of hours or an exception never cancels an appointment: it tells which ones no longer fit, for an agent to move.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_requests.db import agendas, waits
from parvis_requests.db.tables import Agenda, AgendaException, Appointment
from parvis_requests.domain.agenda import ResourceKind, Span
from parvis_requests.domain.appointment import AppointmentState
from parvis_requests.domain.appointment_errors import AgendaLimitError
from parvis_requests.domain.calendar import Holidays
from parvis_requests.domain.errors import NotAllowedError, StaleVersionError
from parvis_requests.domain.request import Actor
from parvis_requests.domain.work_queue import for_agents

MAX_AGENDAS: Final = 500
MAX_EXCEPTIONS: Final = 500
MAX_AFFECTED: Final = 1_000
_ADMINISTER: Final = frozenset({"administrator", "supervisor"})


@dataclass(frozen=True, slots=True)
class AgendaContent:
    """What is said of an agenda; texts by language, hours as ``day``, ``opens`` and ``closes``.

    ``reminder_minutes`` before their start people are reminded of its appointments; 0 for never. A freed slot is held
    for ``offer_minutes`` for whoever waits for one; 0 for an agenda that offers none.
    """

    resource: ResourceKind
    name: Mapping[str, str]
    place: Mapping[str, str]
    hours: Sequence[Mapping[str, str]]
    open_on_holidays: bool
    reminder_minutes: int
    offer_minutes: int
    active: bool


@dataclass(frozen=True, slots=True)
class NewException:
    """A time in which an agenda is closed, or open beyond its hours, and why, for agents."""

    closed: bool
    span: Span
    reason: str


class Misfit(NamedTuple):
    """An appointment that falls out of its agenda's hours; until when it is held, where it is only offered."""

    row: Appointment
    offer_ends_at: datetime | None


class Affected(NamedTuple):
    """Those that the agent reads, and how many more there are: about requests that are for others."""

    shown: list[Misfit]
    reserved: int


def allow_agendas(actor: Actor) -> None:
    """Raise NotAllowedError unless the actor administers the collectivity's agendas."""
    if not (actor.is_agent and actor.roles & _ADMINISTER):
        raise NotAllowedError


async def open_agenda(session: AsyncSession, actor: Actor, content: AgendaContent, now: datetime) -> Agenda:
    """Begin one; raises NotAllowedError or AgendaLimitError."""
    allow_agendas(actor)
    if await agendas.count(session, actor.collectivity) >= MAX_AGENDAS:
        raise AgendaLimitError
    row = Agenda(id=uuid7(), collectivity=actor.collectivity, version=1, created_at=now, **_said(content, now))
    session.add(row)
    await session.flush()
    return row


async def replace_agenda(
    session: AsyncSession, actor: Actor, agenda_id: UUID, content: AgendaContent, *, version: int, now: datetime
) -> Agenda:
    """Say it anew; raises NotAllowedError, NotFoundError or StaleVersionError."""
    allow_agendas(actor)
    row = await agendas.one(session, actor.collectivity, agenda_id, lock=True)
    if row.version != version:
        raise StaleVersionError
    for column, value in _said(content, now).items():
        setattr(row, column, value)
    row.version += 1
    await session.flush()
    return row


async def list_agendas(session: AsyncSession, actor: Actor) -> Sequence[Agenda]:
    """All of the collectivity's; raises NotAllowedError for whoever is no agent."""
    return await agendas.all_of(session, for_agents(actor).collectivity, MAX_AGENDAS)


async def read_agenda(session: AsyncSession, actor: Actor, agenda_id: UUID) -> Agenda:
    """One of the collectivity's; raises NotAllowedError or NotFoundError."""
    return await agendas.one(session, for_agents(actor).collectivity, agenda_id)


async def declare_exception(
    session: AsyncSession, actor: Actor, agenda_id: UUID, new: NewException, *, holidays: Holidays, now: datetime
) -> tuple[AgendaException, Affected]:
    """Keep an exception; returns it with the appointments that no longer fit, from whatever cause.

    Raises NotAllowedError, NotFoundError or AgendaLimitError.
    """
    allow_agendas(actor)
    # Whoever books meanwhile has done so before this reads what is booked, or sees the exception.
    agenda = await agendas.one(session, actor.collectivity, agenda_id, lock=True)
    if len(await agendas.exceptions(session, agenda.id, now, MAX_EXCEPTIONS)) >= MAX_EXCEPTIONS:
        raise AgendaLimitError
    row = AgendaException(
        id=uuid7(),
        collectivity=actor.collectivity,
        agenda_id=agenda.id,
        closed=new.closed,
        starts_at=new.span.start,
        ends_at=new.span.end,
        reason=new.reason,
        created_at=now,
    )
    session.add(row)
    await session.flush()
    return row, await _misfits(session, actor, agenda, holidays, now)


async def list_exceptions(
    session: AsyncSession, actor: Actor, agenda_id: UUID, now: datetime
) -> Sequence[AgendaException]:
    """Those of an agenda that are not over; raises NotAllowedError or NotFoundError."""
    agenda = await read_agenda(session, actor, agenda_id)
    return await agendas.exceptions(session, agenda.id, now, MAX_EXCEPTIONS)


async def withdraw_exception(session: AsyncSession, actor: Actor, agenda_id: UUID, exception_id: UUID) -> None:
    """Have the hours hold again; raises NotAllowedError or NotFoundError."""
    allow_agendas(actor)
    agenda = await agendas.one(session, actor.collectivity, agenda_id, lock=True)
    await agendas.remove_exception(session, agenda.id, exception_id)


async def list_affected(
    session: AsyncSession, actor: Actor, agenda_id: UUID, *, holidays: Holidays, now: datetime
) -> Affected:
    """The appointments ahead that fall out of the agenda's hours; raises NotAllowedError or NotFoundError."""
    return await _misfits(session, actor, await read_agenda(session, actor, agenda_id), holidays, now)


async def _misfits(session: AsyncSession, actor: Actor, agenda: Agenda, holidays: Holidays, now: datetime) -> Affected:
    rows = await agendas.ahead(session, actor, agenda.id, now, MAX_AFFECTED)
    if not rows:
        return Affected([], 0)
    whole = Span(rows[0][0].starts_at, max(row.ends_at for row, _ in rows))
    opening = (await agendas.openings(session, [agenda], whole, holidays))[agenda.id]
    out = [each for each in rows if not (agenda.active and opening.holds(Span(each[0].starts_at, each[0].ends_at)))]
    shown = [row for row, read in out if read]
    ends = await waits.offers_end(session, [row.id for row in shown if row.state == AppointmentState.OFFERED])
    return Affected([Misfit(row, ends.get(row.id)) for row in shown], len(out) - len(shown))


def _said(content: AgendaContent, now: datetime) -> dict[str, Any]:
    return {**asdict(content), "hours": [dict(each) for each in content.hours], "updated_at": now}
