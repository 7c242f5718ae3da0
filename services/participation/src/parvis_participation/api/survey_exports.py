# SPDX-License-Identifier: EUPL-1.2
"""Agents take the answers to surveys out row by row, and see who did."""

import asyncio
import csv
import io
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.operation import problems, router, token
from parvis_participation.api.context import agent_of, now, parts_of
from parvis_participation.api.schemas import Code
from parvis_participation.api.survey_views import no_formula
from parvis_participation.api.views import instant
from parvis_participation.db import survey_exports, surveys
from parvis_participation.db.survey_tables import SurveyExport
from parvis_participation.domain.survey_form import MOST_QUESTIONS
from parvis_participation.service.export_survey import Rows, Taker, export_survey

routes = router(tags=["surveys"])


class SurveyExportView(BaseModel):
    """That an agent took rows out."""

    id: UUID
    survey_id: UUID
    agent: UUID
    questions: list[str]
    rows: int
    created_at: datetime


Questions = Annotated[
    list[Code] | None, Query(max_length=MOST_QUESTIONS, description="The questions to tell; without any, all.")
]


@routes.get(
    "/v1/surveys/{survey_id}/answers-csv",
    **token("participation.survey-answers.read"),
    operation_id="exportSurveyAnswers",
    response_class=PlainTextResponse,
    responses=problems(400, 401, 403, 404, 409, 422),
)
async def export(
    survey_id: UUID, request: Request, question: Questions = None, cursor: CursorParameter = None
) -> Response:
    """The answers row by row (RFC 4180), without who gave them or when; that they were taken is written down.

    By name: with what people wrote, 1,000 rows at once (``Link``, ``rel="next"``). Anonymous: at most six questions,
    the same each time, once no more answers can come; without what people wrote, and without each row that few gave.
    """
    agent, parts = agent_of(request), parts_of(request)
    bound = ["survey-rows", str(survey_id)]
    place = parts.runtime.cursors.read(cursor, bound)
    threshold = parts.runtime.settings.smallest_number
    async with parts.runtime.database.unit_of_work() as uow:
        taker = Taker(agent.collectivity, agent.person)
        asked = (uow.session, taker, survey_id, question or [], place)
        rows = await export_survey(*asked, words=parts.words, threshold=threshold, now=now())
        await uow.commit()
    response = PlainTextResponse(await asyncio.to_thread(_table, rows), headers={"Cache-Control": "no-store"})
    paged(request, response, [], parts.runtime.cursors.write(rows.next, bound), None)
    return response


@routes.get(
    "/v1/surveys/{survey_id}/exports",
    **token("participation.surveys.read"),
    operation_id="listSurveyExports",
    response_model=Page[SurveyExportView],
    responses=problems(400, 401, 403, 404, 422),
)
async def list_(
    survey_id: UUID, request: Request, response: Response, limit: Limit = 20, cursor: CursorParameter = None
) -> object:
    """Which agents took the rows of a survey out, newest first."""
    agent, runtime, bound = agent_of(request), parts_of(request).runtime, ["survey-exports", str(survey_id)]
    async with runtime.database.reading() as session:
        row = await surveys.one(session, agent.collectivity, survey_id)
        place = runtime.cursors.read(cursor, bound)
        found = await survey_exports.page(session, row.id, place, limit)
    response.headers["Cache-Control"] = "no-store"
    write = runtime.cursors.write
    items = [_view(each) for each in found.rows]
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


def _view(row: SurveyExport) -> SurveyExportView:
    names = ("id", "survey_id", "agent", "questions", "rows")
    return SurveyExportView(**{name: getattr(row, name) for name in names}, created_at=instant(row.created_at))


def _table(rows: Rows) -> str:
    lines = io.StringIO()
    table = csv.writer(lines)
    table.writerow(rows.questions)
    table.writerows([no_formula(each) for each in line] for line in rows.lines)
    return lines.getvalue()
