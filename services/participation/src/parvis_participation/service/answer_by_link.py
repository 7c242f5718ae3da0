# SPDX-License-Identifier: EUPL-1.2
"""Somebody without an account answers an anonymous survey by the link that the town hands out.

Nothing is kept but the answers: no person, no time, no address. Whoever has the link can therefore answer again; the
gateway bounds how often an address tries, this service how many answer within an hour, and figures tell such answers
apart.
"""

from dataclasses import dataclass
from datetime import datetime
from secrets import compare_digest
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.db import survey_responses, surveys
from parvis_participation.domain.errors import NotVerifiedError
from parvis_participation.domain.survey_answers import Answers, open_part
from parvis_participation.domain.survey_errors import SurveyLinkError, TooManyLinkAnswersError
from parvis_participation.domain.survey_form import questions_of
from parvis_participation.service.answer_survey import check_quotas, check_taken, response_of
from parvis_participation.service.survey_words import SurveyWords


@dataclass(frozen=True, slots=True)
class LinkBearer:
    """Somebody with a link to a survey of a town; ``link`` is the token that it carries."""

    collectivity: str
    link: str


async def answer_by_link(
    session: AsyncSession,
    bearer: LinkBearer,
    survey_id: UUID,
    answers: Answers,
    *,
    words: SurveyWords,
    most_an_hour: int,
    now: datetime,
) -> None:
    """Store the answers, in the caller's transaction.

    Raises NotFoundError, SurveyLinkError, SurveyNotOpenError, ProcessPhaseError, AnswersError, QuotaFullError,
    TooManyLinkAnswersError, or NotVerifiedError where it belongs to a process that is not for all.
    """
    row = await surveys.answerable(session, bearer.collectivity, survey_id)
    if row.link_token is None or not compare_digest(row.link_token.encode(), bearer.link.encode()):
        raise SurveyLinkError
    process = await check_taken(session, row, now)
    if process is not None and process.audience is not None:  # nobody knows of whoever has a link who they are
        raise NotVerifiedError
    questions = questions_of(row.form)
    response = response_of(row, questions, answers)
    response.by_link = True
    response.words = await words.seal(response.id, None, open_part(questions, answers))
    await check_quotas(session, row, response.choices)
    # Last, as the others wait for it.
    if not await survey_responses.take_turn(session, row, most_an_hour, now):
        raise TooManyLinkAnswersError
    session.add(response)
    await session.flush()
