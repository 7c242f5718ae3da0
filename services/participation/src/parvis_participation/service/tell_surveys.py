# SPDX-License-Identifier: EUPL-1.2
"""Tell that a survey has opened or closed: once each, late rather than never; drafts go with the close.

An answer to an anonymous survey and its entry on the roll share PostgreSQL's transaction number (xmin) and their order
on disk while the survey is open, and so do an answer on paper and its numbered sheet: the close writes all answers
anew, and once more when no more sheets can come.
"""

from datetime import datetime
from uuid import UUID

from parvis_kit.db.database import Database
from parvis_kit.messaging import outbox
from parvis_participation import survey_events
from parvis_participation.db import survey_drafts, survey_files, survey_responses, surveys
from parvis_participation.db.urn import take_time
from parvis_participation.domain.survey import Identification
from parvis_participation.service.in_turn import in_turn

_SECONDS = 300


async def tell_surveys(database: Database, now: datetime) -> int:
    """Tell all that is due; returns how many. Each is marked and told in one transaction."""
    told = 0
    for closing in (False, True):
        while await _tell_one(database, now, closing=closing):
            told += 1

    async def part_one(parted: list[UUID]) -> bool:
        return await _part_one(database, now, parted)

    await in_turn(part_one)
    return told


async def _part_one(database: Database, now: datetime, failed: list[UUID]) -> bool:
    async with database.unit_of_work() as uow:
        row = await surveys.unparted(uow.session, now, failed)
        if row is None:
            return False
        failed.append(row.id)
        await take_time(uow.session, _SECONDS)
        await survey_responses.part(uow.session, row.id)
        row.parted_at = now
        await uow.commit()
    return True


async def _tell_one(database: Database, now: datetime, *, closing: bool) -> bool:
    async with database.unit_of_work() as uow:
        row = await surveys.due(uow.session, now, closing=closing)
        if row is None:
            return False
        # The telling is an act: the event's sequence is the version that it makes.
        row.version += 1
        if closing:
            row.closing_told_at = now
            await survey_drafts.discard_all(uow.session, row.id)
            await survey_files.discard_unanswered(uow.session, row.id)
            if row.identification == Identification.ANONYMOUS:
                await take_time(uow.session, _SECONDS)
                await survey_responses.part(uow.session, row.id)
            event = survey_events.survey_closed(row, now)
        else:
            row.opening_told_at = now
            event = survey_events.survey_opened(row, now)
        await outbox.add(uow.session, event)
        await uow.commit()
    return True
