# SPDX-License-Identifier: EUPL-1.2
"""What the answers to a survey add up to, without the small numbers; published once, when no more can come."""

import asyncio
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db.database import Database
from parvis_kit.messaging import outbox
from parvis_participation import survey_events
from parvis_participation.db import survey_responses, surveys
from parvis_participation.db.survey_tables import Survey as Row
from parvis_participation.db.urn import take_time
from parvis_participation.domain.disclosure import hidden_in_line
from parvis_participation.domain.errors import NotFoundError, UncrossableError
from parvis_participation.domain.survey import Identification
from parvis_participation.domain.survey_figures import Cell, can_be_crossed, crossed, crossed_by_link, figures
from parvis_participation.domain.survey_form import questions_of
from parvis_participation.service.in_turn import in_turn
from parvis_participation.service.town_acts import TownAct, add_act

_SECONDS: Final = 300
"""What the figures of a large town's survey may take."""


def check_live(row: Row, now: datetime) -> None:
    """Raise SurveyResultsLaterError while answers to an anonymous survey come, on paper too."""
    surveys.entity(row).check_live(now, anonymous=row.identification == Identification.ANONYMOUS)


async def survey_figures(session: AsyncSession, row: Row, threshold: int) -> dict[str, Any]:
    """How many answered, how many of them by link, and the figures of each question, as they are at this moment.

    ``by_link`` is None where they, or all others, are few.
    """
    tallies = await survey_responses.tallies(session, row.id)
    told = []
    for question in questions_of(row.form):
        tally = tallies.of.get(question.code, [])
        missing = (None, tallies.total - sum(count for _, count in tally))
        told.append(asdict(figures(question, [*tally, missing], threshold)))
    # As the figures of a question would: how many came each way is a line of its own.
    few = hidden_in_line({"link": tallies.by_link, "otherwise": tallies.otherwise}, threshold)
    ways = {"responses": tallies.total, "by_link": None if few and row.link_token is not None else tallies.by_link}
    return {**ways, "threshold": threshold, "questions": told}


async def crossed_figures(session: AsyncSession, row: Row, codes: tuple[str, str], threshold: int) -> tuple[Cell, ...]:
    """A question by another one, ``codes`` being theirs in this order, at this moment.

    Raises NotFoundError where the survey has no such question, or UncrossableError unless each person gives one of few
    answers to both.
    """
    known = {question.code: question for question in questions_of(row.form)}
    if not set(codes) <= known.keys():
        raise NotFoundError
    question, by = (known[code] for code in codes)
    if question.code == by.code or not (can_be_crossed(question) and can_be_crossed(by)):
        raise UncrossableError
    pairs = await survey_responses.pairs(session, row.id, by.code, question.code)
    # A table of many options takes a while: nobody's vote waits for it.
    return await asyncio.to_thread(crossed, question, by, pairs, threshold)


async def figures_by_link(session: AsyncSession, row: Row, code: str, threshold: int) -> tuple[Cell, ...]:
    """A question by whether it was answered by the survey's link, at this moment.

    Raises NotFoundError where the survey has no such question, or UncrossableError unless each person gives one of few
    answers to it and the survey has a link.
    """
    question = next((each for each in questions_of(row.form) if each.code == code), None)
    if question is None:
        raise NotFoundError
    if row.link_token is None or not can_be_crossed(question):
        raise UncrossableError
    return crossed_by_link(question, await survey_responses.ways(session, row.id, code), threshold)


async def publish_figures(database: Database, threshold: int, now: datetime) -> int:
    """Publish the results of all surveys that are due; returns how many. Each in a transaction of its own."""

    async def publish_one(failed: list[UUID]) -> bool:
        async with database.unit_of_work() as uow:
            row = await surveys.unfigured(uow.session, now, failed)
            if row is None:
                return False
            failed.append(row.id)
            await take_time(uow.session, _SECONDS)
            row.figures = await survey_figures(uow.session, row, threshold)
            row.version += 1
            await outbox.add(uow.session, survey_events.results_published(row, now))
            published = TownAct("survey-results-published", {"survey_id": str(row.id)}, now)
            await add_act(uow.session, row.collectivity, published)
            await uow.commit()
        return True

    return await in_turn(publish_one)
