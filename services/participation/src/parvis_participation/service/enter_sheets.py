# SPDX-License-Identifier: EUPL-1.2
"""Answers on paper count once a second agent has read the same on the sheet as the first."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db.database import Database
from parvis_kit.ids import uuid7
from parvis_participation.db import survey_papers, surveys
from parvis_participation.db.survey_tables import SurveyPaper, SurveyResponse
from parvis_participation.domain.errors import PaperDiffersError, PaperEnteredError, SecondAgentError
from parvis_participation.domain.survey_answers import Answers, check_answers, closed_part, on_paper, open_part
from parvis_participation.domain.survey_form import questions_of
from parvis_participation.service.answer_survey import check_quotas
from parvis_participation.service.survey_words import SurveyWords


@dataclass(frozen=True, slots=True)
class Typist:
    """The agent who enters a sheet."""

    collectivity: str
    agent: UUID


async def enter_sheet(
    session: AsyncSession,
    typist: Typist,
    survey_id: UUID,
    reference: str,
    answers: Answers,
    *,
    words: SurveyWords,
    now: datetime,
) -> SurveyPaper:
    """Store what one agent read on the sheet of that reference; it counts for nothing yet.

    Raises NotFoundError, SurveyNotOpenError, AnswersError, or PaperEnteredError for a reference entered before.
    """
    row = await surveys.answerable(session, typist.collectivity, survey_id)
    surveys.entity(row).check_paper(now)
    check_answers(on_paper(questions_of(row.form)), answers)
    sheet = SurveyPaper(
        id=uuid7(),
        collectivity=row.collectivity,
        survey_id=row.id,
        reference=reference,
        entered_by=typist.agent,
        created_at=now,
    )
    sheet.content = words.seal_sheet(sheet.id, dict(answers))
    if not await survey_papers.add(session, sheet):
        raise PaperEnteredError
    return sheet


async def confirm_sheet(
    session: AsyncSession,
    typist: Typist,
    survey_id: UUID,
    sheet_id: UUID,
    answers: Answers,
    *,
    words: SurveyWords,
    now: datetime,
) -> SurveyPaper:
    """Count the sheet, which another agent has read alike.

    Raises NotFoundError, SurveyNotOpenError, PaperEnteredError where it counts already, SecondAgentError,
    PaperDiffersError with the questions that were read differently, or QuotaFullError.
    """
    row = await surveys.answerable(session, typist.collectivity, survey_id)
    sheet = await survey_papers.locked(session, row.id, sheet_id)
    surveys.entity(row).check_paper(now)
    if sheet.content is None:
        raise PaperEnteredError
    if sheet.entered_by == typist.agent:
        raise SecondAgentError
    first = words.open_sheet(sheet.id, sheet.content)
    unlike = {code for code in first.keys() | answers.keys() if first.get(code) != answers.get(code)}
    if unlike:
        raise PaperDiffersError(tuple(sorted(unlike)))
    questions = on_paper(questions_of(row.form))
    choices = closed_part(questions, first)
    await check_quotas(session, row, choices)
    response = SurveyResponse(id=uuid4(), collectivity=row.collectivity, survey_id=row.id, choices=choices)
    response.words = await words.seal(response.id, None, open_part(questions, first))
    session.add(response)
    sheet.content, sheet.confirmed_by, sheet.confirmed_at = None, typist.agent, now
    await session.flush()
    return sheet


async def withdraw_sheet(session: AsyncSession, typist: Typist, survey_id: UUID, sheet_id: UUID) -> None:
    """Forget a sheet that does not count yet, to be entered anew; raises NotFoundError or PaperEnteredError."""
    row = await surveys.answerable(session, typist.collectivity, survey_id)
    sheet = await survey_papers.locked(session, row.id, sheet_id)
    if sheet.content is None:
        raise PaperEnteredError
    await session.delete(sheet)
    await session.flush()


async def forget_respondents(database: Database, days: int, now: datetime) -> int:
    """Keep no longer than that who answered which survey, and wrote what in it; returns of how many it is forgotten."""
    done = 0
    while True:
        async with database.unit_of_work() as uow:
            row = await survey_papers.kept_too_long(uow.session, now - timedelta(days=days))
            if row is None:
                return done
            await survey_papers.forget_people(uow.session, row.id)
            row.forgotten_at = now
            await uow.commit()
        done += 1
