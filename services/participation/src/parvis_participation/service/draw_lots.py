# SPDX-License-Identifier: EUPL-1.2
"""Lots are drawn among those who volunteer for an assembly, so that anybody can do it again."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.clocks import clock_of
from parvis_kit.ids import uuid7
from parvis_participation.db import assemblies, assembly_draws, publications
from parvis_participation.db.assembly_tables import AssemblyDraw, AssemblyVolunteer
from parvis_participation.domain.assembly import MOST_MEMBERS, Origin, Role, check_college, check_mandate
from parvis_participation.domain.assembly_errors import (
    AssemblyFullError,
    AssemblyStateError,
    DrawWaitingError,
    SeedFormatError,
)
from parvis_participation.domain.lots import SeedFormat, digest_of, draw
from parvis_participation.domain.town_day import day_of
from parvis_participation.service.member_names import MemberNames
from parvis_participation.service.prepare_assembly import Mandate, give_mandate
from parvis_participation.service.seals import Seals

MOST_VOLUNTEERS: Final = 20_000
_DIGITS: Final = 20


@dataclass(frozen=True, slots=True)
class DrawPlan:
    """What is drawn for: so many seats in a college, for a mandate from one day to another."""

    college: str | None
    seats: int
    seed_source: dict[str, str]
    seed_format: SeedFormat
    begins_on: date
    ends_on: date


def ticket_of(seals: Seals, draw_id: UUID, volunteer: UUID) -> str:
    """What somebody is called in a draw: they are told it, and nobody else can tell whose it is."""
    return seals.account_key(draw_id, volunteer).hex()[:_DIGITS]


async def freeze_draw(
    session: AsyncSession, seals: Seals, collectivity: str, assembly_id: UUID, plan: DrawPlan, *, now: datetime
) -> AssemblyDraw:
    """Publish the tickets of all who volunteer, before anybody knows the seed.

    Raises NotFoundError, MandateError, UnknownCollegeError, AssemblyStateError where nobody or too many volunteer, or
    DrawWaitingError: of several draws with one seed, the town would choose the one to be drawn.
    """
    assembly = await assemblies.one(session, collectivity, assembly_id, published=True, lock=True)
    check_mandate(plan.begins_on, plan.ends_on)
    check_college((each["code"] for each in assembly.colleges), plan.college)
    if await assembly_draws.waits(session, assembly.id, plan.college):
        raise DrawWaitingError
    found = await assembly_draws.volunteers(session, assembly.id, plan.college, now, MOST_VOLUNTEERS + 1)
    if not found or len(found) > MOST_VOLUNTEERS:
        raise AssemblyStateError
    draw_id = uuid7()
    tickets = sorted(ticket_of(seals, draw_id, each.id) for each in found)
    values = {"collectivity": collectivity, "assembly_id": assembly.id, "created_at": now}
    row = AssemblyDraw(id=draw_id, **asdict(plan), tickets=tickets, digest=digest_of(tickets), **values)
    session.add(row)
    await session.flush()
    return row


async def draw_lots(
    session: AsyncSession, seals: Seals, names: MemberNames, collectivity: str, draw_id: UUID, seed: str, *,
    now: datetime,
) -> AssemblyDraw:  # fmt: skip
    """Draw, once, with that seed; who is drawn becomes a member.

    Passed over is who volunteers no more, was erased, or is a member at that time already.
    Raises NotFoundError, AssemblyFullError, SeedFormatError, or AssemblyStateError where it was drawn or given up.
    """
    row = await _waiting(session, collectivity, draw_id)
    if row.seed_format is not None and not SeedFormat(**row.seed_format).fits(seed):
        raise SeedFormatError
    assembly = await assemblies.one(session, collectivity, row.assembly_id, lock=True)
    whose = await _standing(session, seals, names, row)
    gone = sorted(ticket for ticket in row.tickets if ticket not in whose)
    lots = draw(seed, row.tickets, row.seats, gone=frozenset(gone))
    if (
        await assemblies.number(session, assembly.id, day_of(now, clock_of(collectivity))) + len(lots.drawn)
        > MOST_MEMBERS
    ):
        raise AssemblyFullError
    spoken = await names.open_volunteers(whose[ticket] for ticket in lots.drawn)
    for ticket in lots.drawn:
        who = whose[ticket]
        mandate = Mandate(
            who.person, spoken[who.id], who.listed, Role.MEMBER, row.college, Origin.DRAWN, row.begins_on, row.ends_on,
            who.person_key,
        )  # fmt: skip
        member = await give_mandate(session, names, assembly, mandate, now=now)
        await publications.carry(session, who.id, member.id)
        await assembly_draws.withdraw(session, assembly.id, who.person)
    row.seed, row.drawn, row.gone, row.drawn_at = seed, list(lots.drawn), gone, now
    await session.flush()
    return row


async def void_draw(
    session: AsyncSession, collectivity: str, draw_id: UUID, reason: dict[str, str], *, now: datetime
) -> AssemblyDraw:
    """Give lots up, for everybody to read why; raises NotFoundError, or AssemblyStateError as above."""
    row = await _waiting(session, collectivity, draw_id)
    row.voided_at, row.void_reason = now, reason
    await session.flush()
    return row


async def _waiting(session: AsyncSession, collectivity: str, draw_id: UUID) -> AssemblyDraw:
    row = await assembly_draws.one(session, collectivity, draw_id)
    if row.seed is not None or row.voided_at is not None:
        raise AssemblyStateError
    return row


async def _standing(
    session: AsyncSession, seals: Seals, names: MemberNames, row: AssemblyDraw
) -> dict[str, AssemblyVolunteer]:
    """Who may be drawn, by their tickets."""
    found = await assembly_draws.volunteers(session, row.assembly_id, row.college, row.created_at, lock=True)
    there = await names.there(found)
    members = await assemblies.overlapping(session, row.assembly_id, row.begins_on, row.ends_on)
    seated = {member.person for member in members} | {member.person_key for member in members}
    return {
        ticket_of(seals, row.id, each.id): each
        for each in found
        if each.person in there and each.person not in seated and each.person_key not in seated
    }
