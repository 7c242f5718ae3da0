# SPDX-License-Identifier: EUPL-1.2
"""Those who follow a process are reminded, once, of what ends soon in it: a vote, a survey, a petition.

All of them, whether or not they have taken part: who voted in secret is known to no reminder.
"""

from datetime import datetime, timedelta
from typing import Final

from parvis_kit.db.database import Database
from parvis_kit.messaging import outbox
from parvis_participation import process_events
from parvis_participation.db import closings

_BATCH: Final = 500


async def remind_of_ends(database: Database, hours: int, now: datetime) -> None:
    """Note what ends within so many hours (0: nothing), and tell it; after a standstill nothing that is over."""
    async with database.unit_of_work() as uow:
        await closings.note(uow.session, now, timedelta(hours=hours))
        await uow.commit()
    while await _tell_some(database, now):
        pass


async def _tell_some(database: Database, now: datetime) -> bool:
    """Some followers of one; where it stopped is written with the events, so that a kill repeats none of them."""
    async with database.unit_of_work() as uow:
        closing = await closings.untold(uow.session)
        if closing is None:
            return False
        found = await closings.next_followers(uow.session, closing, _BATCH) if closing.closes_at > now else []
        for follower in found:
            await outbox.add(uow.session, process_events.closing_told(closing, follower, now))
        if found:
            closing.told_after = found[-1].id
        if len(found) < _BATCH:
            closing.told_at = now
        await uow.commit()
    return True
