# SPDX-License-Identifier: EUPL-1.2
"""An agent prepares an assembly, publishes it, appoints its members and ends their mandates."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.clocks import clock_of
from parvis_kit.ids import uuid7
from parvis_participation.db import assemblies, merged_accounts
from parvis_participation.db.assembly_tables import Assembly as Row
from parvis_participation.db.assembly_tables import AssemblyMember
from parvis_participation.domain.assembly import MOST_MEMBERS, EndReason, Origin, Role, check_college, check_mandate
from parvis_participation.domain.assembly_errors import AlreadyMemberError, AssemblyFullError, AssemblyStateError
from parvis_participation.domain.errors import RepeatedOptionError, StaleVersionError, TransitionError
from parvis_participation.domain.publication import ConsentWay, Publication
from parvis_participation.domain.town_day import day_of
from parvis_participation.service.agree_to_show import Said, agree
from parvis_participation.service.convene import convene_late
from parvis_participation.service.member_names import MemberNames


@dataclass(frozen=True, slots=True)
class AssemblyDraft:
    """What an assembly is; texts by language, ``area`` the code of a territory, ``quorum`` a percentage."""

    name: dict[str, str]
    description: dict[str, str]
    area: str | None
    colleges: list[dict[str, Any]]
    links: list[dict[str, Any]]
    quorum: int


@dataclass(frozen=True, slots=True)
class Mandate:
    """Whose mandate it is and how; ``person`` is None for who has no account. Both days are part of it."""

    person: UUID | None
    name: str
    listed: bool
    role: Role
    college: str | None
    origin: Origin
    begins_on: date
    ends_on: date
    person_key: bytes | None = None


async def create_assembly(session: AsyncSession, collectivity: str, draft: AssemblyDraft, *, now: datetime) -> Row:
    """A draft, in the caller's transaction; raises RepeatedOptionError."""
    row = Row(id=uuid7(), collectivity=collectivity, **asdict(draft), version=1, created_at=now)
    _check(row)
    session.add(row)
    await session.flush()
    return row


async def change_assembly(
    session: AsyncSession, collectivity: str, assembly_id: UUID, draft: AssemblyDraft, *, version: int
) -> Row:
    """Have it otherwise from now on; raises NotFoundError, StaleVersionError or RepeatedOptionError."""
    row = await _seen(session, collectivity, assembly_id, version)
    for name, value in asdict(draft).items():
        setattr(row, name, value)
    _check(row)
    row.version += 1
    await session.flush()
    return row


async def publish_assembly(
    session: AsyncSession, collectivity: str, assembly_id: UUID, *, version: int, now: datetime
) -> Row:
    """Let everybody read it; raises NotFoundError, StaleVersionError or TransitionError."""
    row = await _seen(session, collectivity, assembly_id, version)
    if row.published_at is not None:
        raise TransitionError("publish once")
    row.published_at, row.version = now, row.version + 1
    await session.flush()
    return row


async def add_member(
    session: AsyncSession, names: MemberNames, collectivity: str, assembly_id: UUID, mandate: Mandate, language: str,
    *, now: datetime,
) -> AssemblyMember:  # fmt: skip
    """Give somebody a mandate, who told the agent whether everybody may read their name: kept in that language.

    Raises NotFoundError, MandateError, UnknownCollegeError, AssemblyFullError, AlreadyMemberError where that account
    has a mandate in a part of that time, or KeyDestroyedError of who was erased.
    """
    row = await assemblies.one(session, collectivity, assembly_id, lock=True)
    if await assemblies.number(session, row.id, day_of(now, clock_of(collectivity))) >= MOST_MEMBERS:
        raise AssemblyFullError
    made = await give_mandate(session, names, row, mandate, now=now)
    others = await assemblies.overlapping(session, row.id, made.begins_on, made.ends_on) if made.person else []
    if any(other.person == made.person and other.id != made.id for other in others):
        raise AlreadyMemberError
    if made.listed:
        said = Said(now, language, ConsentWay.DESK)
        agree(session, row.collectivity, Publication.MANDATE, made.id, made.person, said, given=True)
    return made


async def give_mandate(
    session: AsyncSession, names: MemberNames, row: Row, mandate: Mandate, *, now: datetime
) -> AssemblyMember:
    """The same, of an assembly whose row the caller holds; they are convened to what others are convened to."""
    check_mandate(mandate.begins_on, mandate.ends_on)
    check_college((each["code"] for each in row.colleges), mandate.college)
    member_id = uuid7()
    person = None if mandate.person is None else await merged_accounts.standing(session, mandate.person)
    values = asdict(mandate) | {"person": person, "name": await names.seal(member_id, person, mandate.name)}
    told = {"told": 0, "due_on": mandate.begins_on}
    member = AssemblyMember(
        id=member_id, collectivity=row.collectivity, assembly_id=row.id, **values, **told, created_at=now
    )
    session.add(member)
    await session.flush()
    await convene_late(session, member, now)
    return member


async def end_mandate(
    session: AsyncSession, collectivity: str, assembly_id: UUID, member_id: UUID, ends_on: date, reason: EndReason,
    *, now: datetime,
) -> AssemblyMember:  # fmt: skip
    """Have a mandate end before its time; that day is its last.

    Raises NotFoundError, MandateError, or AssemblyStateError where it is over or would last longer.
    """
    row = await assemblies.one(session, collectivity, assembly_id)
    member = await assemblies.member(session, row.id, member_id)
    check_mandate(member.begins_on, ends_on)
    if member.ends_on < day_of(now, clock_of(collectivity)) or ends_on >= member.ends_on:
        raise AssemblyStateError
    member.ends_on, member.end_reason = ends_on, reason
    if member.told:
        member.due_on = ends_on + timedelta(days=1)
    await session.flush()
    return member


def _check(row: Row) -> None:
    codes = [each["code"] for each in row.colleges]
    if len(set(codes)) != len(codes):
        raise RepeatedOptionError


async def _seen(session: AsyncSession, collectivity: str, assembly_id: UUID, version: int) -> Row:
    row = await assemblies.one(session, collectivity, assembly_id, lock=True)
    if row.version != version:
        raise StaleVersionError
    return row
