# SPDX-License-Identifier: EUPL-1.2
"""Who registered for a meeting is told of it, is followed through merges, and is forgotten some time after it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.messaging import outbox
from parvis_participation import meeting_events
from parvis_participation.db import meeting_guests, meeting_registrations, meetings
from parvis_participation.db.meeting_tables import Meeting, MeetingNews, MeetingRegistration
from parvis_participation.domain.meeting import RegistrationState
from parvis_participation.service.forget_guests import forget_guests
from parvis_participation.service.member_names import resealed
from parvis_participation.service.register_for_meeting import NAME, give_back
from parvis_participation.service.remind_of_meetings import stands

_BATCH: Final = 500


async def keep_meetings(database: Database, persons: PersonKeys, retention_days: int, now: datetime) -> None:
    """Tell who registered of changes, cancellations and what begins soon; forget who did for what is long over."""
    while await _tell_some(database, now):
        pass
    while await _forget_some(database, persons, now - timedelta(days=retention_days), now):
        pass


async def move_registrations(session: AsyncSession, persons: PersonKeys, absorbed: UUID, kept: UUID) -> None:
    """Who registered under both accounts registered once, with the better place; the other one is given back."""
    for row in await meeting_registrations.meetings_of(session, absorbed):
        theirs = await meeting_registrations.mine(session, row.id, absorbed)
        if theirs is not None:
            await _move(session, persons, row, theirs, kept)


async def _move(
    session: AsyncSession, persons: PersonKeys, row: Meeting, theirs: MeetingRegistration, kept: UUID
) -> None:
    now = datetime.now(UTC)
    mine = await meeting_registrations.mine(session, row.id, kept)
    name = await resealed(persons, NAME, theirs.name, theirs.person, kept)
    if name is None or (mine is not None and _rank(mine) <= _rank(theirs)):
        if mine is not None and theirs.came:
            mine.came = True
        await give_back(session, row, theirs, now)
        return
    if mine is not None:
        await give_back(session, row, mine, now)
    theirs.person, theirs.name = kept, name
    await session.flush()


def _rank(registration: MeetingRegistration) -> tuple[bool, UUID]:
    return registration.state == RegistrationState.WAITING, registration.id


async def _tell_some(database: Database, now: datetime) -> bool:
    """Some people of one news; where it stopped is written with the events, so that a kill repeats none of them."""
    async with database.unit_of_work() as uow:
        news = await meetings.untold_news(uow.session)
        if news is None:
            return False
        found = await _next(uow.session, news)
        for registration in found:
            await outbox.add(uow.session, meeting_events.news_told(news, registration, now))
        if found:
            news.told_after = found[-1].id
        if len(found) < _BATCH:
            news.told_at = now
        await uow.commit()
    return True


async def _next(session: AsyncSession, news: MeetingNews) -> Sequence[MeetingRegistration]:
    if news.subject != meetings.REMINDER:
        return await meeting_registrations.next_after(session, news.meeting_id, news.told_after, _BATCH)
    if not stands(await session.get_one(Meeting, news.meeting_id), news):
        return []
    return await meeting_registrations.to_remind(session, news.meeting_id, news.created_at, news.told_after, _BATCH)


async def _forget_some(database: Database, persons: PersonKeys, before: datetime, now: datetime) -> bool:
    async with database.unit_of_work() as uow:
        row = await meetings.to_forget(uow.session, before)
        if row is None:
            return False
        # First the keys, of some at a time: where that is interrupted, the next round goes on.
        guests = await meeting_guests.of_meeting(uow.session, row.id, _BATCH)
        for person in guests:
            await persons.destroy(person)
        await forget_guests(uow.session, *guests, now=now)
        if len(guests) < _BATCH:
            await meeting_registrations.forget(uow.session, row.id)
            row.forgotten = True
        await uow.commit()
    return True
