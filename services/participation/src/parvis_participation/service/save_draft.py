# SPDX-License-Identifier: EUPL-1.2
"""Answers to a survey are saved while somebody gives them; sealed with their own key until then."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.db import merged_accounts, survey_drafts, surveys
from parvis_participation.db.survey_tables import SurveyDraft
from parvis_participation.domain.errors import NotFoundError
from parvis_participation.domain.survey_answers import Answers, check_draft
from parvis_participation.domain.survey_form import questions_of
from parvis_participation.service.respondent import Respondent
from parvis_participation.service.survey_words import SurveyWords


async def save_draft(
    session: AsyncSession,
    respondent: Respondent,
    survey_id: UUID,
    answers: Answers,
    *,
    words: SurveyWords,
    now: datetime,
) -> None:
    """Save it in the place of what was saved before; raises NotFoundError, SurveyNotOpenError or AnswersError."""
    row = await surveys.answerable(session, respondent.collectivity, survey_id)
    surveys.entity(row).check_open(now)
    check_draft(questions_of(row.form), answers)
    person = await merged_accounts.standing(session, respondent.person)
    content = await words.seal_draft(person, dict(answers))
    draft = SurveyDraft(survey_id=row.id, person=person, collectivity=row.collectivity, content=content, changed_at=now)
    await survey_drafts.keep(session, draft)


async def read_draft(
    session: AsyncSession, respondent: Respondent, survey_id: UUID, words: SurveyWords
) -> tuple[Answers, datetime]:
    """What was saved, and when; raises NotFoundError."""
    row = await surveys.one(session, respondent.collectivity, survey_id, published=True)
    person = await merged_accounts.standing(session, respondent.person)
    draft = await survey_drafts.one(session, row.id, person)
    if draft is None:
        raise NotFoundError
    return await words.open_draft(person, draft.content), draft.changed_at


async def discard_draft(session: AsyncSession, respondent: Respondent, survey_id: UUID) -> None:
    """Forget it; raises NotFoundError where there is no such survey."""
    row = await surveys.one(session, respondent.collectivity, survey_id, published=True)
    person = await merged_accounts.standing(session, respondent.person)
    await survey_drafts.discard(session, row.id, person)
