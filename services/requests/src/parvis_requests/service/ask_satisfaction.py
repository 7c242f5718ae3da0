# SPDX-License-Identifier: EUPL-1.2
"""Ask the authors of requests that have ended how they were served, once each."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.logs import logger
from parvis_kit.messaging import outbox
from parvis_requests import survey_events
from parvis_requests.db import conversation, requests, surveys
from parvis_requests.domain.request import Actor, Request, Visibility
from parvis_requests.domain.survey import asked_at, closes_at
from parvis_requests.service.survey_link import who_is_asked

# What the history calls it.
ASK: Final = "satisfaction-asked"
_BATCH: Final = 100
_log = logger(__name__)


async def plan_survey(session: AsyncSession, request: Request, ended_at: datetime | None) -> None:
    """Have its author asked after that end, or nobody where it goes on, or where they ended it themselves."""
    if ended_at is None:
        await surveys.drop(session, request.id)
    else:
        due, closes = asked_at(ended_at), closes_at(ended_at)
        await surveys.plan(session, request.id, request.collectivity, due, closes)


async def ask_satisfaction(database: Database, persons: PersonKeys, index: BlindIndex, now: datetime) -> int:
    """Ask all who are due, each in a transaction of its own; returns how many. A kill at any point leaves them due.

    Whoever wants to be asked no more, has answered meanwhile, or could no more, because nobody worked for so long, is
    not asked.
    """
    asked = 0
    while True:
        async with database.reading() as session:
            waiting = await surveys.due(session, now, _BATCH)
        done = 0
        for request_id, collectivity in waiting:
            try:
                asked += await _ask(database, persons, index, request_id, collectivity, now)
                done += 1
            except Exception as error:  # noqa: BLE001 - tried again at the next round, whatever it was
                _log.warning("satisfaction_not_asked", request=str(request_id), error=type(error).__name__)
        if len(waiting) < _BATCH or not done:
            return asked


async def _ask(
    database: Database, persons: PersonKeys, index: BlindIndex, request_id: UUID, collectivity: str, now: datetime
) -> bool:
    async with database.unit_of_work() as uow:
        # The request is locked first, as whoever acts on it does: one that is opened again asks nobody.
        row = await requests.one(uow.session, Actor.service(collectivity), request_id, lock=True)
        survey = await surveys.of(uow.session, row.id)
        if survey is None or survey.asked_at or survey.due_at > now:
            return False
        who = await who_is_asked(uow.session, row, persons, index)
        refused = who is not None and await surveys.refused(uow.session, collectivity, who)
        wanted = survey.closes_at > now and not refused
        wanted = wanted and await conversation.satisfaction(uow.session, row.id) is None
        if not wanted:
            await surveys.drop(uow.session, row.id)
        else:
            survey.asked_at = now
            after = requests.entity(row).after_word()
            # Nothing of the request has changed: it keeps its place among what was last changed.
            await requests.save(uow.session, after, row.updated_at)
            requests.record(uow.session, after, Actor.service(collectivity), ASK, now, Visibility.INTERNAL)
            await outbox.add(uow.session, survey_events.asked(after, survey.closes_at, now))
        await uow.commit()
    return wanted
