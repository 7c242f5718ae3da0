# SPDX-License-Identifier: EUPL-1.2
"""An agent takes the answers to a survey out row by row, without who gave them; that they did is written down.

Of an anonymous survey the rows are told once no more answers can come, without what people wrote, and only those that
lead to nobody; always with the same questions, for the difference of two tables would tell what each keeps back.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_kit.ids import uuid7
from parvis_participation.db import survey_exports, surveys
from parvis_participation.db.survey_tables import Survey, SurveyExport, SurveyResponse
from parvis_participation.db.urn import take_time
from parvis_participation.domain.survey import Identification
from parvis_participation.domain.survey_errors import ExportedOtherwiseError, UnexportableError
from parvis_participation.domain.survey_form import Question, questions_of
from parvis_participation.domain.survey_rows import MOST_TOGETHER, cell, classes, rows_told, told_by_option
from parvis_participation.service.figure_survey import check_live
from parvis_participation.service.survey_words import SurveyWords

PAGE: Final = 1_000
"""How many rows are taken out at once where they are by name."""
_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Taker:
    """The agent who takes rows out, in which town."""

    collectivity: str
    agent: UUID


@dataclass(frozen=True, slots=True)
class Rows:
    """What was answered to these questions, by rows that tell neither who nor when; and where the next page begins."""

    questions: Sequence[str]
    lines: Sequence[Sequence[str]]
    next: keyset.Position | None = None


async def export_survey(
    session: AsyncSession,
    taker: Taker,
    survey_id: UUID,
    codes: Sequence[str],
    place: keyset.Position | None,
    *,
    words: SurveyWords,
    threshold: int,
    now: datetime,
) -> Rows:
    """The rows, and that they were taken, in the caller's transaction; ``codes`` are the questions, or none for all.

    Raises NotFoundError, SurveyResultsLaterError, UnexportableError or ExportedOtherwiseError.
    """
    row = await surveys.one(session, taker.collectivity, survey_id)  # not held: people answer meanwhile
    check_live(row, now)
    asked = _asked(row, codes)
    await take_time(session, _SECONDS)
    if row.identification == Identification.ANONYMOUS:
        await survey_exports.one_at_a_time(session, row.id)
        before = await survey_exports.newest(session, row.id)
        if before is not None and before.questions != [question.code for question in asked]:
            raise ExportedOtherwiseError
        rows = await _anonymous(session, row, asked, threshold)
    else:
        rows = await _named(session, row, asked, place, words)
    taken = SurveyExport(
        id=uuid7(),
        collectivity=row.collectivity,
        survey_id=row.id,
        agent=taker.agent,
        questions=list(rows.questions),
        rows=len(rows.lines),
        created_at=now,
    )
    session.add(taken)
    await session.flush()
    return rows


def _asked(row: Survey, codes: Sequence[str]) -> list[Question]:
    """The questions in the order of the survey, however they were named."""
    questions, wanted = questions_of(row.form), set(codes)
    asked = [question for question in questions if not wanted or question.code in wanted]
    if not wanted <= {question.code for question in questions}:
        raise UnexportableError
    if row.identification == Identification.ANONYMOUS and len(asked) > MOST_TOGETHER:
        raise UnexportableError
    return asked


async def _anonymous(session: AsyncSession, row: Survey, asked: Sequence[Question], threshold: int) -> Rows:
    codes = [question.code for question in asked]
    given = await survey_exports.combinations(session, row.id, codes)
    # A table of many answers takes a while: nobody's vote waits for it.
    told = await asyncio.to_thread(lambda: rows_told(classes(asked, given), threshold, told_by_option(asked)))
    # By their content: an order of their own would join them with what is told elsewhere.
    return Rows(codes, [line for line in sorted(told) for _ in range(told[line])])


async def _named(
    session: AsyncSession, row: Survey, asked: Sequence[Question], place: keyset.Position | None, words: SurveyWords
) -> Rows:
    found = await survey_exports.responses(session, row, place, PAGE)
    people = {each.row.person for each in found.rows if each.row.person is not None}
    keys = await words.persons.of_many(people)
    # Long answers take a while: nobody's vote waits for them either.
    lines = await asyncio.to_thread(lambda: [_line(each.row, asked, words.open(each.row, keys)) for each in found.rows])
    return Rows([question.code for question in asked], lines, found.next)


def _line(row: SurveyResponse, asked: Sequence[Question], written: dict[str, Any]) -> list[str]:
    given = row.choices | written
    # Of what cannot be read any more, only that it was given is left: that is no answer.
    shown = {code: value for code, value in given.items() if code in written or value is not True}
    return [cell(shown.get(question.code)) for question in asked]
