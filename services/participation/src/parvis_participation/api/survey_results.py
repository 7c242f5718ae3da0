# SPDX-License-Identifier: EUPL-1.2
"""What the answers to surveys add up to, without small numbers."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.operation import problems, public, router, token
from parvis_participation.api.consultations import Collectivity
from parvis_participation.api.context import agent_of, language_of, now, parts_of
from parvis_participation.api.plain_files import TableResponse
from parvis_participation.api.schemas import Code
from parvis_participation.api.survey_schemas import CrossedView, SurveyResultsView, WrittenView
from parvis_participation.api.survey_views import crossed_view, results_table, results_view
from parvis_participation.db import survey_papers, surveys
from parvis_participation.domain.errors import SurveyResultsLaterError, UncrossableError
from parvis_participation.service.figure_survey import check_live, crossed_figures, figures_by_link, survey_figures

routes = router(tags=["surveys"])


@routes.get(
    "/v1/collectivities/{collectivity}/surveys/{survey_id}/results",
    **public(),
    operation_id="readSurveyResults",
    response_model=SurveyResultsView,
    responses=problems(404, 409, 422),
)
async def results(
    collectivity: Collectivity, survey_id: UUID, request: Request, response: Response
) -> SurveyResultsView:
    """The figures for everybody, once they are published; they do not change after that."""
    language = language_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        row = await surveys.one(session, collectivity, survey_id, published=True)
    if row.figures is None:
        raise SurveyResultsLaterError
    headers = {"Cache-Control": "public, no-cache", "Vary": "Accept-Language", "Content-Language": language}
    response.headers.update(headers)
    return results_view(row, row.figures, language, now())


@routes.get(
    "/v1/surveys/{survey_id}/results",
    **token("participation.surveys.read"),
    operation_id="readLiveSurveyResults",
    response_model=SurveyResultsView,
    responses=problems(401, 403, 404, 409, 422),
)
async def live_results(survey_id: UUID, request: Request, response: Response) -> SurveyResultsView:
    """The figures at this moment, without small numbers, for agents; of an anonymous survey once it has closed."""
    agent, runtime, language = agent_of(request), parts_of(request).runtime, language_of(request)
    async with runtime.database.reading() as session:
        row = await surveys.one(session, agent.collectivity, survey_id)
        check_live(row, now())
        figures = row.figures or await survey_figures(session, row, runtime.settings.smallest_number)
    response.headers.update({"Cache-Control": "no-store", "Content-Language": language})
    return results_view(row, figures, language, now())


@routes.get(
    "/v1/surveys/{survey_id}/cross-tabulations",
    **token("participation.surveys.read"),
    operation_id="crossSurveyQuestions",
    response_model=CrossedView,
    responses=problems(401, 403, 404, 409, 422),
)
async def cross(
    survey_id: UUID,
    request: Request,
    response: Response,
    question: Annotated[Code | None, Query(description="The question whose answers are told.")] = None,
    by: Annotated[Code | None, Query(description="The question by whose answers they are told.")] = None,
    by_link: Annotated[bool, Query(description="Instead, answers by the survey's link apart from all others.")] = False,  # noqa: FBT002
) -> CrossedView:
    """The answers to a question among those who gave each answer to another one; without small numbers."""
    agent, runtime, language = agent_of(request), parts_of(request).runtime, language_of(request)
    threshold = runtime.settings.smallest_number
    async with runtime.database.reading() as session:
        row = await surveys.one(session, agent.collectivity, survey_id)
        if question is None or (by is None) is not by_link:
            raise UncrossableError
        check_live(row, now())
        codes = question, by or ""
        if by_link:
            cells = await figures_by_link(session, row, question, threshold)
        else:
            cells = await crossed_figures(session, row, codes, threshold)
    response.headers.update({"Cache-Control": "no-store", "Content-Language": language})
    return crossed_view(row, codes, cells, threshold, language)


@routes.get(
    "/v1/collectivities/{collectivity}/surveys/{survey_id}/results-csv",
    **public(),
    operation_id="readSurveyResultsTable",
    response_class=TableResponse,
    responses=problems(404, 409, 422),
)
async def table(collectivity: Collectivity, survey_id: UUID, request: Request) -> TableResponse:
    """The published figures as a table (RFC 4180): question, row, answer, label, count; no count where it is kept."""
    language = language_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        row = await surveys.one(session, collectivity, survey_id, published=True)
    if row.figures is None:
        raise SurveyResultsLaterError
    text = results_table(results_view(row, row.figures, language, now()))
    headers = {"Cache-Control": "public, no-cache", "Vary": "Accept-Language", "Content-Language": language}
    return TableResponse(text, headers=headers)


@routes.get(
    "/v1/surveys/{survey_id}/words",
    **token("participation.survey-answers.read"),
    operation_id="listSurveyWords",
    response_model=Page[WrittenView],
    responses=problems(400, 401, 403, 404, 409, 422),
)
async def words(
    survey_id: UUID,
    request: Request,
    response: Response,
    question: Annotated[Code | None, Query(description="A question that takes a text, a point or a drawing.")] = None,
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """What people wrote or drew in answer to a question, for agents; in no order, and apart from other answers."""
    agent, parts = agent_of(request), parts_of(request)
    bound = ["survey-words", str(survey_id), question or ""]
    async with parts.runtime.database.reading() as session:
        row = await surveys.one(session, agent.collectivity, survey_id)
        check_live(row, now())
        place = parts.runtime.cursors.read(cursor, bound)
        found = await survey_papers.written(session, row, question or "", place, limit)
    people = {each.row.person for each in found.rows if each.row.person is not None}
    keys = await parts.runtime.persons.of_many(people)
    opened = [parts.words.open(each.row, keys).get(question or "") for each in found.rows]
    response.headers["Cache-Control"] = "no-store"
    items = [WrittenView(answer=each) for each in opened if each is not None]
    write = parts.runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))
