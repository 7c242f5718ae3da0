# SPDX-License-Identifier: EUPL-1.2
"""Who has a place at a public meeting is reminded of it some time before it begins, once for each time that it has.

The hour follows from the meeting itself: one that is put off is reminded of anew, one that is cancelled is not.
"""

from datetime import datetime, timedelta

from parvis_kit.db.database import Database
from parvis_kit.ids import uuid7
from parvis_participation.db import meetings
from parvis_participation.db.meeting_tables import Meeting, MeetingNews
from parvis_participation.domain.meeting import MeetingState


async def remind_of_meetings(database: Database, hours: int, now: datetime) -> int:
    """Have people reminded of what begins within that many hours; returns of how many meetings. 0 hours: of none."""
    done, lead = 0, timedelta(hours=hours)
    while hours and await _remind_of_one(database, lead, now):
        done += 1
    return done


def stands(row: Meeting, news: MeetingNews) -> bool:
    """Whether what people are to be reminded of is still so."""
    return row.state == MeetingState.PUBLISHED and row.begins_at == news.begins_at


async def _remind_of_one(database: Database, lead: timedelta, now: datetime) -> bool:
    async with database.unit_of_work() as uow:
        row = await meetings.to_remind(uow.session, now, now + lead)
        if row is None:
            return False
        due = row.begins_at - lead
        # Who is told of another time as late as that needs no reminder of it besides.
        if row.registered and not await meetings.changed_since(uow.session, row.id, due):
            about = {"collectivity": row.collectivity, "meeting_id": row.id, "begins_at": row.begins_at}
            # Of those who registered by then: whoever comes later has just read when it is.
            uow.session.add(MeetingNews(id=uuid7(), **about, subject=meetings.REMINDER, created_at=due))
        row.reminded_of = row.begins_at
        await uow.commit()
    return True
