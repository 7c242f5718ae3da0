# SPDX-License-Identifier: EUPL-1.2
"""What became of proposals: agents report it, everybody reads it, whoever follows is told."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, problems, public, router, token
from parvis_participation.api.accountability_schemas import (
    NewProposalMilestone,
    ProposalFollowView,
    ProposalMilestoneView,
    PublishedMilestoneView,
    ReportedMilestoneView,
    milestone_view,
    published_view,
    reported_view,
)
from parvis_participation.api.acting import chained
from parvis_participation.api.consultations import Collectivity
from parvis_participation.api.context import agent_of, citizen_of, language_of, now, parts_of
from parvis_participation.db import accountability, proposals
from parvis_participation.service.deposit_project import Author
from parvis_participation.service.report_outcome import Milestone, follow_proposal, report_outcome

routes = router(tags=["proposals"])
_FOLLOW = "/v1/proposals/{proposal_id}/followers/mine"
_HEADERS = {"Cache-Control": "public, no-cache", "Vary": "Accept-Language"}


@routes.get(
    "/v1/collectivities/{collectivity}/proposals/{proposal_id}/milestones",
    **public(),
    operation_id="listProposalMilestones",
    response_model=Page[ProposalMilestoneView],
    responses=problems(400, 404, 422),
)
async def list_(
    collectivity: Collectivity,
    proposal_id: UUID,
    request: Request,
    response: Response,
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """What became of a proposal, the last reported first."""
    runtime, language = parts_of(request).runtime, language_of(request)
    bound = ["proposal-milestones", str(proposal_id)]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        await proposals.one(session, collectivity, proposal_id)
        found = await accountability.page(session, proposal_id, place, limit)
    response.headers.update(_HEADERS | {"Content-Language": language})
    items = [milestone_view(row, language) for row in found.rows]
    write = runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.get(
    "/v1/collectivities/{collectivity}/proposal-milestones",
    **public(),
    operation_id="listReportedMilestones",
    response_model=Page[ReportedMilestoneView],
    responses=problems(400, 422),
)
async def list_of_town(
    collectivity: Collectivity,
    request: Request,
    response: Response,
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """What became of the proposals made to a town, the last reported first."""
    runtime, language = parts_of(request).runtime, language_of(request)
    bound = ["reported-milestones", collectivity]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        found = await accountability.town_page(session, collectivity, place, limit)
    response.headers.update(_HEADERS | {"Content-Language": language})
    items = [reported_view(each.row, each.title, language) for each in found.rows]
    write = runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.post(
    "/v1/proposals/{proposal_id}/milestones",
    **token("participation.accountability.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="reportProposalMilestone",
    status_code=201,
    response_model=PublishedMilestoneView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def report(proposal_id: UUID, body: NewProposalMilestone, request: Request) -> Response:
    """Say what became of a proposal; from now on this holds, and those who follow it are told.

    One that is taken up again once it is forgotten who supported it is supported anew.
    """
    agent, language, at = agent_of(request), language_of(request), now()
    given = {name: getattr(body, name) for name in ("outcome", "reached_on", "expected_on", "cost")}
    milestone = Milestone(title=body.title.model_dump(), details=body.details.model_dump(), **given)

    async def effect(session: AsyncSession) -> Answer:
        author = Author(agent.collectivity, agent.person)
        found = await report_outcome(session, author, proposal_id, milestone, now=at)
        return Answer.of(published_view(found.row, language, supports_anew=found.supports_anew))

    call = idempotent_call(request, agent, await request.body())
    return await parts_of(request).runtime.idempotency.once(call, chained(request, effect))


@routes.get(
    _FOLLOW,
    **token("participation.follows.read"),
    operation_id="readProposalFollow",
    response_model=ProposalFollowView,
    responses=problems(401, 403, 404, 422),
)
async def read_follow(proposal_id: UUID, request: Request, response: Response) -> ProposalFollowView:
    """Whether one follows a proposal."""
    citizen = citizen_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        row = await proposals.one(session, citizen.collectivity, proposal_id)
        following = await accountability.follows(session, row.id, citizen.person)
    response.headers["Cache-Control"] = "no-store"
    return ProposalFollowView(proposal_id=row.id, following=following)


@routes.put(
    _FOLLOW,
    **token("participation.follows.write"),
    operation_id="followProposal",
    response_model=ProposalFollowView,
    responses=problems(401, 403, 404, 422),
)
async def follow(proposal_id: UUID, request: Request, response: Response) -> ProposalFollowView:
    """Be told what becomes of the proposal from now on; asked again, nothing changes."""
    await _follow(request, proposal_id, following=True)
    response.headers["Cache-Control"] = "no-store"
    return ProposalFollowView(proposal_id=proposal_id, following=True)


@routes.delete(
    _FOLLOW,
    **token("participation.follows.write"),
    operation_id="followProposalNoMore",
    status_code=204,
    responses=problems(401, 403, 404, 422),
)
async def follow_no_more(proposal_id: UUID, request: Request) -> Response:
    """Be told of it no more; asked again, nothing changes."""
    await _follow(request, proposal_id, following=False)
    return Response(status_code=204)


async def _follow(request: Request, proposal_id: UUID, *, following: bool) -> None:
    citizen = citizen_of(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        who = citizen.collectivity, citizen.person
        await follow_proposal(uow.session, *who, proposal_id, following=following, now=now())
        await uow.commit()
