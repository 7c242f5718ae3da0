# SPDX-License-Identifier: EUPL-1.2
"""Somebody answers a survey, once, by name or so that the answers do not lead back to them.

The answers to an anonymous survey carry no person and no time. Its roll says who has answered, under a key; the two
are written together, so that nobody answers twice and nothing is lost, and whoever reads the database itself while the
survey is open can join them: docs/surveys.md says so, and so does the notice above such a survey.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.db import merged_accounts, survey_drafts, survey_responses, surveys
from parvis_participation.db.process_tables import Process
from parvis_participation.db.survey_tables import Survey as Row
from parvis_participation.db.survey_tables import SurveyResponse
from parvis_participation.domain.errors import QuotaFullError, SurveyAnsweredError, SurveyNotOpenError
from parvis_participation.domain.process import Act
from parvis_participation.domain.survey import Identification
from parvis_participation.domain.survey_answers import Answers, check_answers, closed_part, files_of, open_part
from parvis_participation.domain.survey_form import Question, questions_of, quotas_of
from parvis_participation.service.follow_process import check_phase
from parvis_participation.service.join_survey_files import join_files
from parvis_participation.service.respondent import Respondent
from parvis_participation.service.seals import Seals
from parvis_participation.service.survey_words import SurveyWords


async def answer_survey(
    session: AsyncSession,
    respondent: Respondent,
    survey_id: UUID,
    answers: Answers,
    *,
    seals: Seals,
    words: SurveyWords,
    now: datetime,
) -> None:
    """Store the answers, in the caller's transaction.

    Raises NotFoundError, SurveyNotOpenError, ProcessPhaseError, AnswersError, QuotaFullError or SurveyAnsweredError.
    """
    row = await surveys.answerable(session, respondent.collectivity, survey_id)
    await check_taken(session, row, now)
    questions = questions_of(row.form)
    person = await merged_accounts.standing(session, respondent.person)
    response = response_of(row, questions, answers)
    await check_quotas(session, row, response.choices)
    await survey_drafts.discard(session, row.id, person)
    if row.identification == Identification.ANONYMOUS:
        key = seals.account_key(row.id, person)
        if not await survey_responses.sign(session, row.id, row.collectivity, key):
            raise SurveyAnsweredError
        response.words = await words.seal(response.id, None, open_part(questions, answers))
        session.add(response)
        await session.flush()
        return
    response.person, response.answered_at = person, now
    response.words = await words.seal(response.id, person, open_part(questions, answers))
    if not await survey_responses.add_named(session, response):
        raise SurveyAnsweredError
    await join_files(session, row.id, person, response.id, files_of(questions, answers))


async def check_taken(session: AsyncSession, row: Row, now: datetime) -> Process | None:
    """The process to which it belongs; raises SurveyNotOpenError or ProcessPhaseError unless people answer it now."""
    surveys.entity(row).check_open(now)
    if row.closing_told_at is not None:  # while this call waited for the row: answers and roll are parted already
        raise SurveyNotOpenError
    return await check_phase(session, row.id, Act.ANSWER_SURVEY, now)


def response_of(row: Row, questions: Sequence[Question], answers: Answers) -> SurveyResponse:
    """The answers without words, person or time; raises AnswersError."""
    check_answers(questions, answers)
    return SurveyResponse(
        # A random id: one that grows with time would put the answers in the order in which they came.
        id=uuid4(),
        collectivity=row.collectivity,
        survey_id=row.id,
        choices=closed_part(questions, answers),
        by_link=False,
    )


async def check_quotas(session: AsyncSession, row: Row, choices: Mapping[str, Any]) -> None:
    """Raise QuotaFullError where enough people have said of themselves what these answers say.

    Who counts for one quota is counted after whoever came before: none is exceeded.
    """
    for quota in quotas_of(row.form):
        if choices.get(quota.question) == quota.option:
            await survey_responses.one_at_a_time(session, row.id, quota)
            if await survey_responses.full(session, row.id, [quota]):
                raise QuotaFullError(quota.question)


async def has_answered(session: AsyncSession, respondent: Respondent, survey_id: UUID, seals: Seals) -> bool:
    """Whether this person has answered; raises NotFoundError."""
    row = await surveys.one(session, respondent.collectivity, survey_id, published=True)
    person = await merged_accounts.standing(session, respondent.person)
    if row.identification == Identification.ANONYMOUS:
        return await survey_responses.signed(session, row.id, seals.account_key(row.id, person))
    return await survey_responses.of_person(session, row.id, person) is not None
