# SPDX-License-Identifier: EUPL-1.2
"""People register for a public meeting, wait for a place, and withdraw.

Each act holds the meeting's row first, so that places are given one after the other; the database refuses more
registrations than places besides.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.ids import uuid7
from parvis_kit.messaging import outbox
from parvis_participation import meeting_events
from parvis_participation.db import meeting_registrations, meetings, merged_accounts
from parvis_participation.db.meeting_tables import Meeting, MeetingRegistration
from parvis_participation.domain.errors import NotFoundError
from parvis_participation.domain.meeting import (
    MOST_WAITING,
    MeetingState,
    RegistrationState,
    Times,
    check_registering,
    free_places,
)
from parvis_participation.domain.meeting_errors import MeetingFullError, MeetingStateError
from parvis_participation.service.forget_guests import forget_guests

NAME = "meeting_registration.name"


async def register_for_meeting(
    session: AsyncSession, persons: PersonKeys, collectivity: str, person: UUID, meeting_id: UUID, name: str,
    *, now: datetime,
) -> tuple[Meeting, MeetingRegistration]:  # fmt: skip
    """Take a place, or wait for one; asked again, only the name is another.

    Raises NotFoundError, RegistrationClosedError, MeetingFullError, or KeyDestroyedError of who was erased.
    """
    standing = await merged_accounts.standing(session, person)  # first: a merge locks meetings after it
    row = await meetings.one(session, collectivity, meeting_id, public=True, lock=True)
    check_registering(MeetingState(row.state), times_of(row), now)
    sealed = (await persons.of(standing)).seal(NAME, name)
    mine = await meeting_registrations.mine(session, row.id, standing)
    if mine is not None:
        mine.name = sealed
    else:
        about = {"collectivity": collectivity, "meeting_id": row.id, "person": standing, "name": sealed}
        state = await take_place(session, row)
        mine = MeetingRegistration(id=uuid7(), **about, state=state, created_at=now)
        session.add(mine)
    await session.flush()
    return row, mine


async def withdraw_from_meeting(
    session: AsyncSession, collectivity: str, person: UUID, meeting_id: UUID, *, now: datetime
) -> None:
    """Give the place back before the meeting begins; who waited first has it and is told. Asked again, nothing changes.

    Raises NotFoundError, or MeetingStateError of what has begun.
    """
    standing = await merged_accounts.standing(session, person)
    row = await meetings.one(session, collectivity, meeting_id, public=True, lock=True)
    mine = await meeting_registrations.mine(session, row.id, standing)
    if mine is None:
        return
    if row.begins_at <= now:
        raise MeetingStateError
    await give_back(session, row, mine, now)


async def give_back(session: AsyncSession, row: Meeting, registration: MeetingRegistration, now: datetime) -> None:
    """Delete a registration of a meeting whose row the caller holds; who waited first moves up.

    With where to write to, of who has no account.
    """
    if registration.state == RegistrationState.REGISTERED:
        row.registered -= 1
    else:
        row.waiting -= 1
    await session.delete(registration)
    await forget_guests(session, registration.person, now=now)
    await session.flush()
    await move_up(session, row, now)


async def move_up(session: AsyncSession, row: Meeting, now: datetime) -> None:
    """Have those who wait take what places there are before it begins; they are told. The caller holds the row."""
    free = min(free_places(row.places, row.registered), row.waiting)
    if not free or row.state != MeetingState.PUBLISHED or row.begins_at <= now:
        return
    for registration in await meeting_registrations.first_waiting(session, row.id, free):
        registration.state = RegistrationState.REGISTERED
        row.registered, row.waiting = row.registered + 1, row.waiting - 1
        await session.flush()
        await outbox.add(session, meeting_events.place_found(registration, row.begins_at, now))


def times_of(row: Meeting) -> Times:
    """When a meeting is, and when people may register."""
    return Times(row.begins_at, row.ends_at, row.registration_opens_at, row.registration_closes_at)


async def is_registered(session: AsyncSession, collectivity: str, person: UUID, meeting_id: UUID) -> bool:
    """Whether somebody is; raises NotFoundError where there is no such meeting."""
    row = await meetings.one(session, collectivity, meeting_id, public=True)
    mine = await meeting_registrations.mine(session, row.id, await merged_accounts.standing(session, person))
    return mine is not None


async def own_registration(
    session: AsyncSession, collectivity: str, person: UUID, meeting_id: UUID
) -> tuple[MeetingRegistration, int]:
    """One's own registration, and how many wait before one (0 with a place); raises NotFoundError."""
    row = await meetings.one(session, collectivity, meeting_id, public=True)
    mine = await meeting_registrations.mine(session, row.id, await merged_accounts.standing(session, person))
    if mine is None:
        raise NotFoundError
    return mine, await waiting_before(session, mine)


async def waiting_before(session: AsyncSession, registration: MeetingRegistration) -> int:
    """How many wait before somebody; 0 with a place."""
    waits = registration.state == RegistrationState.WAITING
    return await meeting_registrations.ahead(session, registration) if waits else 0


async def take_place(session: AsyncSession, row: Meeting) -> RegistrationState:
    """Count one more with a place, or one more who waits; the caller holds the row. Raises MeetingFullError."""
    state = await next_state(session, row)
    if state is RegistrationState.REGISTERED:
        row.registered += 1
    else:
        row.waiting += 1
    return state


async def next_state(session: AsyncSession, row: Meeting) -> RegistrationState:
    """What becomes of who registers next: nobody is passed over but who has not confirmed. Raises MeetingFullError."""
    waits = row.waiting and await meeting_registrations.first_waiting(session, row.id, 1)
    if free_places(row.places, row.registered) and not waits:
        return RegistrationState.REGISTERED
    if row.places is None or row.waiting >= MOST_WAITING:
        raise MeetingFullError
    return RegistrationState.WAITING
