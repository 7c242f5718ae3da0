# SPDX-License-Identifier: EUPL-1.2
"""Moderation as the town's moderators do it, and the figures that everybody reads of it."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, problems, public, router, token
from parvis_participation.api.acting import chained
from parvis_participation.api.consultations import Collectivity
from parvis_participation.api.context import agent_of, language_of, now, parts_of
from parvis_participation.api.moderation_schemas import (
    CaseSummaryView,
    CaseView,
    DecisionView,
    FiguresView,
    NewDecision,
)
from parvis_participation.api.moderation_views import case_view, decision_view, summary_view
from parvis_participation.db import moderation
from parvis_participation.db.moderation_figures import figures
from parvis_participation.domain.moderation import CaseState
from parvis_participation.service.decide_case import Decision, decide_case
from parvis_participation.service.deposit_project import Author
from parvis_participation.service.moderated import left_of
from parvis_participation.service.take_notice import notifiers

routes = router(tags=["moderation"])
Day = Annotated[date, Query(ge=date(2000, 1, 1), le=date(2999, 12, 31))]


@routes.get(
    "/v1/moderation-cases",
    **token("participation.moderation.read"),
    operation_id="listModerationCases",
    response_model=Page[CaseSummaryView],
    responses=problems(400, 401, 403, 422),
)
async def list_(
    request: Request,
    response: Response,
    state: Annotated[list[CaseState], Query(default_factory=list, max_length=4)],
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """What was reported in the agent's collectivity, the newest case first."""
    agent, runtime = agent_of(request), parts_of(request).runtime
    bound = ["cases", agent.collectivity, *map(str, state)]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        found = await moderation.page(session, agent.collectivity, state, place, limit)
    response.headers["Cache-Control"] = "no-store"
    write = runtime.cursors.write
    items = [summary_view(row) for row in found.rows]
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.get(
    "/v1/moderation-cases/{case_id}",
    **token("participation.moderation.read"),
    operation_id="readModerationCase",
    response_model=CaseView,
    responses=problems(401, 403, 404, 422),
)
async def read(case_id: UUID, request: Request, response: Response) -> CaseView:
    """A case whole: what was reported, why, and what was decided."""
    agent, parts, language = agent_of(request), parts_of(request), language_of(request)
    async with parts.runtime.database.reading() as session:
        row = await moderation.one(session, agent.collectivity, case_id)
        content = await left_of(session, agent.collectivity, moderation.ref_of(row))
        reports, made = await moderation.reports(session, row.id), await moderation.decisions(session, [row.id])
        appeal = await moderation.appeal(session, row.id)
        who = await notifiers(session, row.id, parts.runtime.persons)
    headers = {"Cache-Control": "no-store", "Content-Language": language, "ETag": entity_tag(row.version, language)}
    response.headers.update(headers)
    author = None if row.author is None else parts.pseudonyms.of(row.collectivity, row.author)
    return case_view(row, None if content is None else content.words, author, reports, who, made, appeal, language)


@routes.post(
    "/v1/moderation-cases/{case_id}/decisions",
    **token("participation.moderation.write", headers=[IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="decideModerationCase",
    status_code=201,
    response_model=DecisionView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def decide(case_id: UUID, body: NewDecision, request: Request) -> Response:
    """Keep what was reported or remove it, and say why; on an appeal, as another moderator than the first."""
    agent, language, at, version = agent_of(request), language_of(request), now(), required_version(request)
    provision = None if body.provision is None else body.provision.model_dump()
    decision = Decision(body.outcome, body.ground, provision, body.facts.model_dump())
    moderator = Author(agent.collectivity, agent.person)

    async def effect(session: AsyncSession) -> Answer:
        row, made = await decide_case(session, moderator, case_id, decision, version=version, now=at)
        return Answer.of(decision_view(made, language), {"ETag": entity_tag(row.version, language)})

    call = idempotent_call(request, agent, await request.body())
    return await parts_of(request).runtime.idempotency.once(call, chained(request, effect))


@routes.get(
    "/v1/collectivities/{collectivity}/moderation-figures",
    **public(),
    operation_id="readModerationFigures",
    response_model=FiguresView,
    responses=problems(422),
)
async def read_figures(
    collectivity: Collectivity, from_on: Day, to_on: Day, request: Request, response: Response
) -> FiguresView:
    """How much was reported, decided and contested, of what was first reported between two days, both included."""
    begin = datetime.combine(from_on, time(), UTC)
    end = datetime.combine(to_on, time(), UTC) + timedelta(days=1)
    async with parts_of(request).runtime.database.reading() as session:
        found = await figures(session, collectivity, begin, end)
    response.headers["Cache-Control"] = "public, no-cache"
    return FiguresView(
        from_on=from_on,
        to_on=to_on,
        cases=found.cases,
        cases_by_kind=found.cases_by_kind,
        removed_by_kind=found.removed_by_kind,
        reports=found.reports,
        kept=found.kept,
        removed=found.removed,
        automated=0,
        appeals=found.appeals,
        appeals_decided=found.appeals_decided,
        reversed=found.reversed,
        median_hours=None if found.median_seconds is None else round(found.median_seconds / 3_600, 1),
    )
