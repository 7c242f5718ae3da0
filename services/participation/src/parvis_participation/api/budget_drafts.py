# SPDX-License-Identifier: EUPL-1.2
"""Participatory budgets as the agents who prepare them list, read, change and delete them."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.operation import IF_MATCH, problems, router, token
from parvis_participation.api.acting import chain_act
from parvis_participation.api.budget_schemas import BudgetView, NewBudget
from parvis_participation.api.budget_views import budget_view
from parvis_participation.api.budgets import command_of
from parvis_participation.api.context import agent_of, chain_of, language_of, now, parts_of
from parvis_participation.api.draft_schemas import BudgetDraftView, Prepared, budget_draft
from parvis_participation.db import budgets, drafts, entitled
from parvis_participation.db.tables import Budget
from parvis_participation.service.change_draft import change_budget, delete_budget

routes = router(tags=["budgets"])
_SCOPE = "participation.budgets.write"


@routes.get(
    "/v1/budgets",
    **token(_SCOPE),
    operation_id="listOwnBudgets",
    response_model=Page[BudgetView],
    responses=problems(400, 401, 403, 422),
)
async def list_(
    request: Request, response: Response, state: Prepared = None, limit: Limit = 20, cursor: CursorParameter = None
) -> object:
    """The participatory budgets of the agent's collectivity, drafts included, newest first."""
    agent, parts, language, at = agent_of(request), parts_of(request), language_of(request), now()
    runtime, bound = parts.runtime, ["own-budgets", agent.collectivity, str(state)]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        found = await drafts.page(session, Budget, agent.collectivity, state, place, limit)
    response.headers.update({"Cache-Control": "no-store", "Content-Language": language})
    items = [budget_view(row, language, at) for row in found.rows]
    write = runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.get(
    "/v1/budgets/{budget_id}",
    **token(_SCOPE),
    operation_id="readOwnBudget",
    response_model=BudgetDraftView,
    responses=problems(401, 403, 404, 422),
)
async def read(budget_id: UUID, request: Request, response: Response) -> BudgetDraftView:
    """A participatory budget of the agent's collectivity, published or not, in both languages."""
    agent = agent_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        row = await budgets.one(session, agent.collectivity, budget_id, published=False)
        listed = await entitled.count(session, row.id)
    response.headers.update({"Cache-Control": "no-store", "ETag": entity_tag(row.version)})
    return budget_draft(row, listed, now())


@routes.put(
    "/v1/budgets/{budget_id}",
    **token(_SCOPE, headers=[IF_MATCH]),
    operation_id="changeBudgetDraft",
    response_model=BudgetDraftView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def change(budget_id: UUID, body: NewBudget, request: Request, response: Response) -> BudgetDraftView:
    """Prepare a budget otherwise, until it is published; the draft of its secret vote follows."""
    version = required_version(request)
    command, (chain, by) = command_of(request, body), chain_of(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        row, last = await change_budget(uow.session, budget_id, command, chain, by, version=version)
        listed = await entitled.count(uow.session, row.id)
        await chain_act(request, uow.session, last_act=last)
        view = budget_draft(row, listed, now())
        await uow.commit()
    response.headers["ETag"] = entity_tag(view.version)
    return view


@routes.delete(
    "/v1/budgets/{budget_id}",
    **token(_SCOPE, headers=[IF_MATCH]),
    operation_id="deleteBudgetDraft",
    status_code=204,
    responses=problems(401, 403, 404, 409, 412, 422, 428),
)
async def delete(budget_id: UUID, request: Request) -> Response:
    """Throw a draft away with that of its secret vote; nothing is left but that somebody did."""
    agent, version, (chain, by) = agent_of(request), required_version(request), chain_of(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        last = await delete_budget(uow.session, agent.collectivity, budget_id, chain, by, version=version)
        await chain_act(request, uow.session, last_act=last)
        await uow.commit()
    return Response(status_code=204)
