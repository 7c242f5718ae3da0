# SPDX-License-Identifier: EUPL-1.2
"""Answers on paper, which two agents enter alike before they count."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, problems, router, token
from parvis_participation.api.acting import chain_act, chained
from parvis_participation.api.context import agent_of, now, parts_of
from parvis_participation.api.survey_problems import faults_told
from parvis_participation.api.survey_schemas import NewResponse, NewSheet, SheetView
from parvis_participation.api.views import instant
from parvis_participation.db import survey_papers, surveys
from parvis_participation.db.survey_tables import SurveyPaper
from parvis_participation.service.enter_sheets import Typist, confirm_sheet, enter_sheet, withdraw_sheet

routes = router(tags=["surveys"])


@routes.post(
    "/v1/surveys/{survey_id}/sheets",
    **token("participation.surveys.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="enterSheet",
    status_code=201,
    response_model=SheetView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def enter(survey_id: UUID, body: NewSheet, request: Request) -> Response:
    """Enter what stands on a sheet of paper; it counts once another agent has read the same."""
    agent, parts, at = agent_of(request), parts_of(request), now()
    typist, answers = Typist(agent.collectivity, agent.person), body.model_dump(mode="json")["answers"]

    async def effect(session: AsyncSession) -> Answer:
        sheet = await enter_sheet(session, typist, survey_id, body.reference, answers, words=parts.words, now=at)
        return Answer.of(_view(sheet))

    call = idempotent_call(request, agent, parts.seals.told_apart(await request.body()))
    with faults_told():
        return await parts.runtime.idempotency.once(call, chained(request, effect))


@routes.get(
    "/v1/surveys/{survey_id}/sheets",
    **token("participation.surveys.read"),
    operation_id="listSheets",
    response_model=Page[SheetView],
    responses=problems(400, 401, 403, 404, 422),
)
async def list_(
    survey_id: UUID,
    request: Request,
    response: Response,
    waiting: Annotated[bool, Query(description="Only those that wait for another agent.")] = False,  # noqa: FBT002
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """The sheets of a survey, newest first."""
    agent, runtime = agent_of(request), parts_of(request).runtime
    bound = ["sheets", str(survey_id), str(waiting)]
    async with runtime.database.reading() as session:
        row = await surveys.one(session, agent.collectivity, survey_id)
        place = runtime.cursors.read(cursor, bound)
        found = await survey_papers.page(session, row.id, place, limit, waiting=waiting)
    response.headers["Cache-Control"] = "no-store"
    write = runtime.cursors.write
    items = [_view(sheet) for sheet in found.rows]
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.post(
    "/v1/surveys/{survey_id}/sheets/{sheet_id}/confirmations",
    **token("participation.surveys.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="confirmSheet",
    status_code=201,
    response_model=SheetView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def confirm(survey_id: UUID, sheet_id: UUID, body: NewResponse, request: Request) -> Response:
    """Enter the same sheet as another agent than the first: read alike it counts, else what differs is named."""
    agent, parts, at = agent_of(request), parts_of(request), now()
    typist, answers = Typist(agent.collectivity, agent.person), body.model_dump(mode="json")["answers"]

    async def effect(session: AsyncSession) -> Answer:
        sheet = await confirm_sheet(session, typist, survey_id, sheet_id, answers, words=parts.words, now=at)
        return Answer.of(_view(sheet))

    call = idempotent_call(request, agent, parts.seals.told_apart(await request.body()))
    with faults_told():
        return await parts.runtime.idempotency.once(call, chained(request, effect))


@routes.post(
    "/v1/surveys/{survey_id}/sheets/{sheet_id}/withdrawals",
    **token("participation.surveys.write"),
    operation_id="withdrawSheet",
    status_code=204,
    responses=problems(401, 403, 404, 409, 422),
)
async def withdraw(survey_id: UUID, sheet_id: UUID, request: Request) -> Response:
    """Take back a sheet that does not count yet, to enter it anew."""
    agent = agent_of(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        await withdraw_sheet(uow.session, Typist(agent.collectivity, agent.person), survey_id, sheet_id)
        await chain_act(request, uow.session)
        await uow.commit()
    return Response(status_code=204)


def _view(sheet: SurveyPaper) -> SheetView:
    return SheetView(
        id=sheet.id,
        survey_id=sheet.survey_id,
        reference=sheet.reference,
        entered_by=sheet.entered_by,
        confirmed_by=sheet.confirmed_by,
        created_at=instant(sheet.created_at),
        confirmed_at=None if sheet.confirmed_at is None else instant(sheet.confirmed_at),
    )
