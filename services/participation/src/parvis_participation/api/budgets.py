# SPDX-License-Identifier: EUPL-1.2
"""Participatory budgets as everybody reads them, and as agents prepare and publish them."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, problems, public, router, token
from parvis_participation.api.acting import chained
from parvis_participation.api.budget_schemas import BudgetView, NewBudget, NewBudgetTransition
from parvis_participation.api.budget_views import budget_view
from parvis_participation.api.consultations import Collectivity
from parvis_participation.api.context import agent_of, chain_of, language_of, now, parts_of
from parvis_participation.db import budgets
from parvis_participation.service.create_budget import CreateBudget, create_budget
from parvis_participation.service.publish_budget import publish_budget
from parvis_participation.service.secret_vote import Board

routes = router(tags=["budgets"])
_HEADERS = {"Cache-Control": "public, no-cache", "Vary": "Accept-Language"}


@routes.get(
    "/v1/collectivities/{collectivity}/budgets",
    **public(),
    operation_id="listBudgets",
    response_model=Page[BudgetView],
    responses=problems(400, 422),
)
async def list_(
    collectivity: Collectivity,
    request: Request,
    response: Response,
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """The published participatory budgets of a collectivity, newest first."""
    runtime, language, at = parts_of(request).runtime, language_of(request), now()
    bound = ["budgets", collectivity]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        found = await budgets.page(session, collectivity, place, limit)
    response.headers.update(_HEADERS | {"Content-Language": language})
    items = [budget_view(row, language, at) for row in found.rows]
    write = runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.get(
    "/v1/collectivities/{collectivity}/budgets/{budget_id}",
    **public(),
    operation_id="readBudget",
    response_model=BudgetView,
    responses=problems(404, 422),
)
async def read(collectivity: Collectivity, budget_id: UUID, request: Request, response: Response) -> BudgetView:
    """One published participatory budget: its phases, its money, and once the vote is open what can be chosen."""
    language = language_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        row = await budgets.one(session, collectivity, budget_id)
    response.headers.update(_HEADERS | {"Content-Language": language})
    return budget_view(row, language, now())


@routes.post(
    "/v1/budgets",
    **token("participation.budgets.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="createBudget",
    status_code=201,
    response_model=BudgetView,
    responses=problems(400, 401, 403, 409, 413, 422),
)
async def create(body: NewBudget, request: Request) -> Response:
    """Prepare a participatory budget of the agent's collectivity; it stays a draft until published."""
    agent, language, at = agent_of(request), language_of(request), now()
    command = command_of(request, body)
    chain, by = chain_of(request)

    async def effect(session: AsyncSession) -> Answer:
        row = await create_budget(session, command, chain, by)
        path = f"/v1/collectivities/{row.collectivity}/budgets/{row.id}"
        headers = {"Location": path, "ETag": entity_tag(row.version, language)}
        return Answer.of(budget_view(row, language, at), headers)

    call = idempotent_call(request, agent, await request.body())
    return await parts_of(request).runtime.idempotency.once(call, chained(request, effect))


@routes.post(
    "/v1/budgets/{budget_id}/transitions",
    **token("participation.budgets.write", headers=[IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="actOnBudget",
    status_code=201,
    response_model=BudgetView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def transition(budget_id: UUID, body: NewBudgetTransition, request: Request) -> Response:
    """Publish a draft before deposits end."""
    del body  # publishing is the one action that there is
    agent, language, at = agent_of(request), language_of(request), now()
    version = required_version(request)

    async def effect(session: AsyncSession) -> Answer:
        row = await publish_budget(session, agent.collectivity, budget_id, version=version, now=at)
        return Answer.of(budget_view(row, language, at), {"ETag": entity_tag(row.version, language)})

    call = idempotent_call(request, agent, await request.body())
    return await parts_of(request).runtime.idempotency.once(call, chained(request, effect))


def command_of(request: Request, body: NewBudget) -> CreateBudget:
    """What the agent who calls wants to prepare."""
    days = parts_of(request).runtime.settings.budget_vote_retention_days
    given = body.model_dump(mode="json", exclude={"phases", "ballot", "board"})
    given["retention_days"] = body.retention_days or days
    rules = body.ballot.model_dump(mode="json")
    board = None
    if body.board is not None:
        board = Board(bytes.fromhex(body.board.key), body.board.members, body.board.threshold)
    collectivity = agent_of(request).collectivity
    return CreateBudget(collectivity=collectivity, rules=rules, board=board, **given, **body.phases.model_dump())
