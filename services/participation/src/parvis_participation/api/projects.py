# SPDX-License-Identifier: EUPL-1.2
"""Projects of participatory budgets: residents propose them, the town's services analyse them, everybody reads them."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.security.principal import Principal
from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, problems, public, router, token
from parvis_kit.web.types import PlainText
from parvis_participation.api.acting import chain_act
from parvis_participation.api.audiences import check_for_citizen
from parvis_participation.api.budget_schemas import NewAnalysis, NewProject, ProjectView
from parvis_participation.api.budget_views import project_view
from parvis_participation.api.consultations import Collectivity
from parvis_participation.api.context import agent_of, citizen_of, language_of, now, parts_of
from parvis_participation.api.schemas import Code
from parvis_participation.db import budgets, projects
from parvis_participation.domain.project import ProjectState
from parvis_participation.service.analyse_project import Analysis, analyse_project
from parvis_participation.service.deposit_project import (
    Author,
    Proposal,
    deposit_project,
    edit_project,
    withdraw_project,
)

routes = router(tags=["projects"])
_HEADERS = {"Cache-Control": "public, no-cache", "Vary": "Accept-Language"}
Words = Annotated[PlainText | None, Query(min_length=1, max_length=100, description="Words of the title.")]


@routes.get(
    "/v1/collectivities/{collectivity}/budgets/{budget_id}/projects",
    **public(),
    operation_id="listProjects",
    response_model=Page[ProjectView],
    responses=problems(400, 404, 422),
)
async def list_(
    collectivity: Collectivity,
    budget_id: UUID,
    request: Request,
    response: Response,
    area: Annotated[list[Code], Query(default_factory=list, max_length=20)],
    state: Annotated[list[ProjectState], Query(default_factory=list, max_length=5)],
    q: Words = None,
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """The projects of a participatory budget, newest first."""
    runtime, language = parts_of(request).runtime, language_of(request)
    bound = ["projects", str(budget_id), *area, "/", *map(str, state), "/", q or ""]
    place = runtime.cursors.read(cursor, bound)
    filters = projects.Filters(area, state, q)
    async with runtime.database.reading() as session:
        budget, found = await projects.page(session, collectivity, budget_id, filters, place, limit)
    response.headers.update(_HEADERS | {"Content-Language": language})
    items = [project_view(row, language, budget) for row in found.rows]
    write = runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.get(
    "/v1/collectivities/{collectivity}/budgets/{budget_id}/projects/{project_id}",
    **public(),
    operation_id="readProject",
    response_model=ProjectView,
    responses=problems(404, 422),
)
async def read(
    collectivity: Collectivity, budget_id: UUID, project_id: UUID, request: Request, response: Response
) -> ProjectView:
    """One project, with what the town's services found of it."""
    language = language_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        budget = await budgets.one(session, collectivity, budget_id)
        row = await projects.one(session, collectivity, budget_id, project_id)
    response.headers.update(_HEADERS | {"Content-Language": language, "ETag": entity_tag(row.version, language)})
    return project_view(row, language, budget)


@routes.post(
    "/v1/budgets/{budget_id}/projects",
    **token("participation.projects.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="depositProject",
    status_code=201,
    response_model=ProjectView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def deposit(budget_id: UUID, body: NewProject, request: Request) -> Response:
    """Propose a project while deposits last; its words are public at once."""
    citizen, language, at = citizen_of(request), language_of(request), now()

    async def effect(session: AsyncSession) -> Answer:
        row = await deposit_project(session, _author(citizen), budget_id, _proposal(body), now=at)
        path = f"/v1/collectivities/{row.collectivity}/budgets/{budget_id}/projects/{row.id}"
        headers = {"Location": path, "ETag": entity_tag(row.version, language)}
        return Answer.of(project_view(row, language), headers)

    await check_for_citizen(request, budget_id, at)
    call = idempotent_call(request, citizen, await request.body())
    return await parts_of(request).runtime.idempotency.once(call, effect)


@routes.put(
    "/v1/projects/{project_id}",
    **token("participation.projects.write", headers=[IF_MATCH]),
    operation_id="editProject",
    response_model=ProjectView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def edit(project_id: UUID, body: NewProject, request: Request, response: Response) -> ProjectView:
    """Change one's own project while deposits last."""
    citizen, language, version = citizen_of(request), language_of(request), required_version(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        row = await edit_project(uow.session, _author(citizen), project_id, _proposal(body), version=version, now=now())
        await uow.commit()
    response.headers["ETag"] = entity_tag(row.version, language)
    return project_view(row, language)


@routes.delete(
    "/v1/projects/{project_id}",
    **token("participation.projects.write", headers=[IF_MATCH]),
    operation_id="withdrawProject",
    status_code=204,
    responses=problems(401, 403, 404, 409, 412, 422, 428),
)
async def withdraw(project_id: UUID, request: Request) -> Response:
    """Take one's own project back while deposits last; its words are removed."""
    citizen, version = citizen_of(request), required_version(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        await withdraw_project(uow.session, _author(citizen), project_id, version=version, now=now())
        await uow.commit()
    return Response(status_code=204)


@routes.put(
    "/v1/projects/{project_id}/analysis",
    **token("participation.budgets.write", headers=[IF_MATCH]),
    operation_id="analyseProject",
    response_model=ProjectView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def analyse(project_id: UUID, body: NewAnalysis, request: Request, response: Response) -> ProjectView:
    """Say what a project would cost and whether it can be done, and why, while the analysis lasts."""
    agent, language, version = agent_of(request), language_of(request), required_version(request)
    analysis = Analysis(body.feasible, body.cost, body.reasons.model_dump())
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        row = await analyse_project(uow.session, agent.collectivity, project_id, analysis, version=version, now=now())
        await chain_act(request, uow.session)
        await uow.commit()
    response.headers["ETag"] = entity_tag(row.version, language)
    return project_view(row, language)


def _author(citizen: Principal) -> Author:
    return Author(citizen.collectivity, citizen.person)


def _proposal(body: NewProject) -> Proposal:
    return Proposal(**body.model_dump(mode="json"))
