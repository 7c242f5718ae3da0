# SPDX-License-Identifier: EUPL-1.2
"""An agent convenes the members of an assembly, notes who came, and has the minutes approved and published."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.clocks import clock_of
from parvis_kit.ids import uuid7
from parvis_participation.db import assemblies, assembly_sessions
from parvis_participation.db.assembly_tables import AssemblyMinutes, AssemblyNews
from parvis_participation.db.assembly_tables import AssemblySession as Row
from parvis_participation.domain.assembly import (
    MinutesAction,
    MinutesState,
    Presence,
    SessionAction,
    SessionState,
    check_absent,
    check_held,
    next_minutes,
    next_state,
    quorum_needed,
)
from parvis_participation.domain.assembly_errors import (
    ApprovalDayError,
    AssemblyStateError,
    AttendanceMissingError,
    UnknownMemberError,
)
from parvis_participation.domain.errors import BadPeriodError, StaleVersionError
from parvis_participation.domain.town_day import day_of
from parvis_participation.service.convene import tell_members
from parvis_participation.service.member_names import MemberNames

_MOST_VERSIONS: Final = 50


@dataclass(frozen=True, slots=True)
class SessionDraft:
    """What a session is; texts by language."""

    title: dict[str, str]
    place: dict[str, str]
    agenda: list[dict[str, Any]]
    links: list[dict[str, Any]]
    begins_at: datetime
    ends_at: datetime


async def create_session(
    session: AsyncSession, collectivity: str, assembly_id: UUID, draft: SessionDraft, *, now: datetime
) -> Row:
    """A draft; raises NotFoundError or BadPeriodError."""
    assembly = await assemblies.one(session, collectivity, assembly_id)
    state = {"state": SessionState.DRAFT, "version": 1, "changed_at": now, "created_at": now}
    row = Row(id=uuid7(), collectivity=collectivity, assembly_id=assembly.id, **asdict(draft), **state)
    _check(row)
    session.add(row)
    await session.flush()
    return row


async def change_session(
    session: AsyncSession, collectivity: str, session_id: UUID, draft: SessionDraft, *, version: int, now: datetime
) -> Row:
    """Have a draft otherwise; raises NotFoundError, StaleVersionError, BadPeriodError or AssemblyStateError.

    What people were convened to does not change under them: it is cancelled, and another one convened.
    """
    row = await _seen(session, collectivity, session_id, version)
    if row.state != SessionState.DRAFT:
        raise AssemblyStateError
    for name, value in asdict(draft).items():
        setattr(row, name, value)
    _check(row)
    row.version, row.changed_at = row.version + 1, now
    await session.flush()
    return row


async def act_on_session(
    session: AsyncSession, collectivity: str, session_id: UUID, action: SessionAction, *, version: int, now: datetime
) -> Row:
    """Convene all who are members on that day, or tell who was convened that it does not take place.

    Raises NotFoundError, StaleVersionError, TransitionError, or AssemblyStateError where nobody can read the assembly.
    """
    # The assembly first, as who adds a member does and then holds the session: two calls would wait for one another.
    found = await assembly_sessions.one(session, collectivity, session_id)
    assembly = await assemblies.one(session, collectivity, found.assembly_id, lock=True)
    row = await _seen(session, collectivity, session_id, version)
    if assembly.published_at is None:
        raise AssemblyStateError
    row.state = next_state(SessionState(row.state), action, begins_at=row.begins_at, now=now)
    row.version, row.changed_at = row.version + 1, now
    await session.flush()
    await tell_members(session, row, now)
    _tell(session, row, f"session-{row.state}", now)
    await session.flush()
    return row


async def note_attendance(
    session: AsyncSession, collectivity: str, session_id: UUID, presences: dict[UUID, Presence], *, version: int,
    now: datetime,
) -> Row:  # fmt: skip
    """Note who came; of members of whom nothing is said, that they were absent.

    Raises NotFoundError, StaleVersionError, AssemblyStateError, or UnknownMemberError of who was no member that day.
    """
    row = await _seen(session, collectivity, session_id, version)
    check_held(SessionState(row.state), row.begins_at, now)
    assembly = await assemblies.one(session, collectivity, row.assembly_id)
    members = await assemblies.in_office(session, assembly.id, day_of(row.begins_at, clock_of(collectivity)))
    # Two mandates may be one person's once their accounts were merged.
    people = {member.id: member.person or member.id for member in members}
    if not presences.keys() <= people.keys():
        raise UnknownMemberError
    await assembly_sessions.note(session, row, dict.fromkeys(people, Presence.ABSENT) | presences)
    row.members = len(set(people.values()))
    row.quorum = quorum_needed(row.members, assembly.quorum)
    row.present = len({people[member] for member, presence in presences.items() if presence is Presence.PRESENT})
    row.version, row.changed_at = row.version + 1, now
    await session.flush()
    return row


async def write_minutes(
    session: AsyncSession, collectivity: str, session_id: UUID, language: str, words: str, *, now: datetime
) -> AssemblyMinutes:
    """A new version, a draft; raises NotFoundError or AssemblyStateError."""
    row = await assembly_sessions.one(session, collectivity, session_id, lock=True)
    check_held(SessionState(row.state), row.begins_at, now)
    number = await assembly_sessions.next_number(session, row.id)
    if number > _MOST_VERSIONS:
        raise AssemblyStateError
    values = {"collectivity": collectivity, "language": language, "words": words, "state": MinutesState.DRAFT}
    minutes = AssemblyMinutes(session_id=row.id, number=number, **values, created_at=now)
    session.add(minutes)
    await session.flush()
    return minutes


async def act_on_minutes(
    session: AsyncSession,
    names: MemberNames,
    collectivity: str,
    session_id: UUID,
    number: int,
    action: MinutesAction,
    approved_on: date | None,
    *,
    now: datetime,
) -> AssemblyMinutes:
    """Approve a draft, on that day (by default today), or publish what is approved.

    Raises NotFoundError, TransitionError, ApprovalDayError, AttendanceMissingError where nobody has noted who came, or
    AbsentNamedError.
    """
    row = await assembly_sessions.one(session, collectivity, session_id, lock=True)
    minutes = await assembly_sessions.minutes(session, row.id, number, lock=True)
    minutes.state = next_minutes(MinutesState(minutes.state), action)
    if action is MinutesAction.APPROVE:
        clock = clock_of(collectivity)
        today = day_of(now, clock)
        minutes.approved_on = approved_on or today
        if not day_of(row.begins_at, clock) <= minutes.approved_on <= today:
            raise ApprovalDayError
    else:
        if row.members is None:
            raise AttendanceMissingError
        absent = await names.open(await assembly_sessions.absent(session, row.id))
        check_absent(minutes.words, absent.values())
        minutes.published_at = now
        _tell(session, row, "minutes-published", now)
    await session.flush()
    return minutes


def _tell(session: AsyncSession, row: Row, subject: str, now: datetime) -> None:
    about = {"collectivity": row.collectivity, "assembly_id": row.assembly_id, "session_id": row.id}
    session.add(AssemblyNews(id=uuid7(), **about, subject=subject, created_at=now))


def _check(row: Row) -> None:
    if row.ends_at <= row.begins_at:
        raise BadPeriodError


async def _seen(session: AsyncSession, collectivity: str, session_id: UUID, version: int) -> Row:
    row = await assembly_sessions.one(session, collectivity, session_id, lock=True)
    if row.version != version:
        raise StaleVersionError
    return row
