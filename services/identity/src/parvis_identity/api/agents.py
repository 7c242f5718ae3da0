# SPDX-License-Identifier: EUPL-1.2
"""The agents of a collectivity, for those who administer them."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_identity.api.agent_schemas import AgentDuties, AgentTransition, AgentView, NewAgent, agent_view
from parvis_identity.api.context import now, parts_of
from parvis_identity.api.staff import JUST_NOW, actor_of, staff_of
from parvis_identity.db.agents import Agents
from parvis_identity.domain.agent import Agent, Status, UnknownAgentError
from parvis_identity.domain.roles import Role
from parvis_identity.service.manage_agents import By
from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.etag import entity_tag, not_modified, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import (
    IDEMPOTENCY_KEY,
    IF_MATCH,
    IF_NONE_MATCH,
    NOT_MODIFIED,
    principal_of,
    problems,
    router,
    token,
)

routes = router(tags=["agents"])
_PATH = "/v1/agents/{agent_id}"


@routes.get(
    "/v1/agents",
    **token("identity.agents.read"),
    operation_id="listAgents",
    response_model=Page[AgentView],
    responses=problems(400, 401, 403, 422),
)
async def list_agents(
    request: Request,
    response: Response,
    status: Annotated[Status | None, Query(description="Agents of this status.")] = None,
    role: Annotated[Role | None, Query(description="Agents with this role.")] = None,
    team: Annotated[str | None, Query(pattern="^[a-z][a-z0-9-]{0,63}$", description="Agents of this team.")] = None,
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """The agents of the caller's collectivity, newest first."""
    caller, runtime = staff_of(request), parts_of(request).runtime
    filters = {"status": status, "role": role, "team": team}
    bound = [caller.collectivity, filters]
    position = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        page = await Agents(session, runtime.persons, caller.collectivity).page(filters, position, limit)
    response.headers["Cache-Control"] = "no-store"
    items, write = [agent_view(agent) for agent in page.rows], runtime.cursors.write
    return paged(request, response, items, write(page.next, bound), write(page.previous, bound))


@routes.post(
    "/v1/agents",
    **token("identity.agents.write", headers=[IDEMPOTENCY_KEY], sign_in=JUST_NOW),
    operation_id="inviteAgent",
    status_code=201,
    response_model=AgentView,
    responses=problems(400, 401, 403, 409, 413, 422),
)
async def invite_agent(body: NewAgent, request: Request) -> Response:
    """Let somebody sign in as an agent, with the professional address that ProConnect vouches for."""
    by, parts = _by(request), parts_of(request)

    async def effect(session: AsyncSession) -> Answer:
        agent = await parts.manage_agents.invite(session, by, body.profile(), body.duties())
        return Answer.of(agent_view(agent), {"Location": f"/v1/agents/{agent.id}", **_headers(agent)})

    call = idempotent_call(request, principal_of(request), await request.body())
    return await parts.runtime.idempotency.once(call, effect)


@routes.get(
    _PATH,
    **token("identity.agents.read", headers=[IF_NONE_MATCH]),
    operation_id="readAgent",
    response_model=AgentView,
    responses=problems(401, 403, 404, 422) | NOT_MODIFIED,
)
async def read_agent(agent_id: UUID, request: Request) -> Response:
    """One agent."""
    caller, runtime = staff_of(request), parts_of(request).runtime
    async with runtime.database.reading() as session:
        agent = await Agents(session, runtime.persons, caller.collectivity).find(agent_id)
    if agent is None:
        raise UnknownAgentError
    if not_modified(request, entity_tag(agent.version)):
        return Response(None, 304, _headers(agent))
    return _answer(agent)


@routes.put(
    _PATH,
    **token("identity.agents.write", headers=[IF_MATCH], sign_in=JUST_NOW),
    operation_id="changeAgent",
    response_model=AgentView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def change_agent(agent_id: UUID, body: AgentDuties, request: Request) -> Response:
    """Give an agent other duties; their tokens carry them from the next one on."""
    by, parts, version = _by(request), parts_of(request), required_version(request)
    async with parts.database.unit_of_work() as uow:
        agent = await parts.manage_agents.change(uow.session, by, agent_id, body.duties(), version)
        await uow.commit()
    return _answer(agent)


@routes.post(
    f"{_PATH}/transitions",
    **token("identity.agents.write", headers=[IF_MATCH], sign_in=JUST_NOW),
    operation_id="takeAgent",
    response_model=AgentView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def take_agent(agent_id: UUID, body: AgentTransition, request: Request) -> Response:
    """Suspend, restore or end an agent; a suspended one loses every session and every token that renews itself."""
    by, parts, version = _by(request), parts_of(request), required_version(request)
    async with parts.database.unit_of_work() as uow:
        agent = await parts.manage_agents.take(uow.session, by, agent_id, body.action, version)
        await uow.commit()
    return _answer(agent)


def _by(request: Request) -> By:
    caller = staff_of(request)
    return By(actor_of(caller), caller.collectivity, now())


def _answer(agent: Agent) -> Response:
    return Response(agent_view(agent).model_dump_json(), 200, _headers(agent), "application/json")


def _headers(agent: Agent) -> dict[str, str]:
    return {"ETag": entity_tag(agent.version), "Cache-Control": "no-store"}
