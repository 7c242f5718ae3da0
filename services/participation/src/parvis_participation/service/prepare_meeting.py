# SPDX-License-Identifier: EUPL-1.2
"""An agent announces a public meeting, changes or calls it off, notes who came, and reports on it."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_participation.db import assemblies, meeting_registrations, meetings, processes
from parvis_participation.db.meeting_tables import Meeting as Row
from parvis_participation.db.meeting_tables import MeetingNews
from parvis_participation.domain.errors import NotFoundError, StaleVersionError
from parvis_participation.domain.meeting import (
    MeetingAction,
    MeetingState,
    Times,
    check_changeable,
    check_held,
    check_tie,
    next_state,
)
from parvis_participation.domain.meeting_errors import MeetingTieError, PlacesTakenError, UnknownRegistrationError
from parvis_participation.service.register_for_meeting import move_up


@dataclass(frozen=True, slots=True)
class MeetingDraft:
    """What a meeting is; texts by language. ``places`` None: as many as come."""

    process_id: UUID | None
    assembly_id: UUID | None
    title: dict[str, str]
    description: dict[str, str]
    place: dict[str, str]
    links: list[dict[str, Any]]
    begins_at: datetime
    ends_at: datetime
    registration_opens_at: datetime | None
    registration_closes_at: datetime | None
    places: int | None


async def create_meeting(session: AsyncSession, collectivity: str, draft: MeetingDraft, *, now: datetime) -> Row:
    """A draft; raises MeetingTimesError or MeetingTieError."""
    state = {"state": MeetingState.DRAFT, "version": 1, "changed_at": now, "created_at": now}
    counts = {"registered": 0, "waiting": 0, "forgotten": False}
    await _check(session, collectivity, draft, public=False)
    row = Row(id=uuid7(), collectivity=collectivity, **asdict(draft), **counts, **state)
    session.add(row)
    await session.flush()
    return row


async def change_meeting(
    session: AsyncSession, collectivity: str, meeting_id: UUID, draft: MeetingDraft, *, version: int, now: datetime
) -> Row:
    """Have it otherwise before it begins; who registered is told of another time or place, and more places are filled.

    Raises NotFoundError, StaleVersionError, MeetingStateError, MeetingTimesError, MeetingTieError, or PlacesTakenError.
    """
    row = await _seen(session, collectivity, meeting_id, version)
    check_changeable(MeetingState(row.state), row.begins_at, now)
    if draft.places is not None and draft.places < row.registered:
        raise PlacesTakenError
    await _check(session, collectivity, draft, public=row.state == MeetingState.PUBLISHED)
    before = row.begins_at, row.ends_at, row.place
    for name, value in asdict(draft).items():
        setattr(row, name, value)
    await _changed(session, row, now)
    if (row.begins_at, row.ends_at, row.place) != before:
        _tell(session, row, meetings.CHANGED, now)
    await move_up(session, row, now)
    return row


async def act_on_meeting(
    session: AsyncSession, collectivity: str, meeting_id: UUID, action: MeetingAction, *, version: int, now: datetime
) -> Row:
    """Publish or cancel it; raises NotFoundError, StaleVersionError, TransitionError or MeetingTieError."""
    row = await _seen(session, collectivity, meeting_id, version)
    state = next_state(MeetingState(row.state), action, ends_at=row.ends_at, now=now)
    await _check(session, collectivity, row, public=state is MeetingState.PUBLISHED)
    row.state = state
    if action is MeetingAction.CANCEL:
        _tell(session, row, meetings.CANCELLED, now)
    await _changed(session, row, now)
    return row


async def note_who_came(
    session: AsyncSession, collectivity: str, meeting_id: UUID, came: dict[UUID, bool], walk_ins: int, *, version: int,
    now: datetime,
) -> Row:  # fmt: skip
    """Note of some who have a place whether they came, and how many came without one.

    Raises NotFoundError, StaleVersionError, MeetingStateError, or UnknownRegistrationError.
    """
    row = await _seen(session, collectivity, meeting_id, version)
    check_held(MeetingState(row.state), row.begins_at, now)
    found = await meeting_registrations.with_place(session, row.id, list(came))
    if len(found) != len(came):
        raise UnknownRegistrationError
    for registration in found:
        registration.came = came[registration.id]
    await session.flush()
    row.came, row.walk_ins = await meeting_registrations.number_who_came(session, row.id), walk_ins
    await _changed(session, row, now)
    return row


async def report_on_meeting(
    session: AsyncSession, collectivity: str, meeting_id: UUID, report: dict[str, Any], *, version: int, now: datetime
) -> Row:
    """Publish what was said, in the place of an earlier report.

    Raises NotFoundError, StaleVersionError or MeetingStateError.
    """
    row = await _seen(session, collectivity, meeting_id, version)
    check_held(MeetingState(row.state), row.begins_at, now)
    row.report, row.reported_at = report, now
    await _changed(session, row, now)
    return row


def _tell(session: AsyncSession, row: Row, subject: str, now: datetime) -> None:
    if row.registered or row.waiting:
        about = {"collectivity": row.collectivity, "meeting_id": row.id, "begins_at": row.begins_at}
        session.add(MeetingNews(id=uuid7(), **about, subject=subject, created_at=now))


async def _check(session: AsyncSession, collectivity: str, what: MeetingDraft | Row, *, public: bool) -> None:
    Times(what.begins_at, what.ends_at, what.registration_opens_at, what.registration_closes_at).check()
    check_tie(what.process_id, what.assembly_id)
    try:
        if what.process_id is not None:
            await processes.one(session, collectivity, what.process_id, published=public)
        if what.assembly_id is not None:
            await assemblies.one(session, collectivity, what.assembly_id, published=public)
    except NotFoundError:
        raise MeetingTieError from None


async def _changed(session: AsyncSession, row: Row, now: datetime) -> None:
    row.version, row.changed_at = row.version + 1, now
    await session.flush()


async def _seen(session: AsyncSession, collectivity: str, meeting_id: UUID, version: int) -> Row:
    row = await meetings.one(session, collectivity, meeting_id, lock=True)
    if row.version != version:
        raise StaleVersionError
    return row
