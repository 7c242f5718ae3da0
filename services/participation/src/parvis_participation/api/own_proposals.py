# SPDX-License-Identifier: EUPL-1.2
"""The proposals that one writes, by oneself or with others: drafts, what they said before, and their publication."""

import asyncio
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, problems, router, token
from parvis_participation.api.amendment_schemas import ComparisonView
from parvis_participation.api.audiences import check_publishes_within
from parvis_participation.api.comparisons import After, Before, comparison_view, two_versions
from parvis_participation.api.context import citizen_of, now, parts_of
from parvis_participation.api.moderation_problems import too_many
from parvis_participation.api.proposal_schemas import (
    NewProposalTransition,
    ProposalAction,
    ProposalVersionView,
    ProposalView,
)
from parvis_participation.api.proposal_views import proposal_view, version_view
from parvis_participation.db import proposal_drafts, proposals
from parvis_participation.domain.errors import TooManyError
from parvis_participation.service.deposit_project import Author
from parvis_participation.service.publish_proposal import publish_proposal

routes = router(tags=["proposals"])
_HEADERS = {"Cache-Control": "no-store"}


@routes.get(
    "/v1/own-proposals",
    **token("participation.proposals.read"),
    operation_id="listOwnProposals",
    response_model=Page[ProposalView],
    responses=problems(400, 401, 403, 422),
)
async def list_(request: Request, response: Response, limit: Limit = 20, cursor: CursorParameter = None) -> object:
    """The proposals that one writes, alone or with others, drafts among them, newest first."""
    citizen, parts = citizen_of(request), parts_of(request)
    bound = ["own-proposals", citizen.key]
    place = parts.runtime.cursors.read(cursor, bound)
    async with parts.runtime.database.reading() as session:
        found = await proposal_drafts.own_page(session, citizen.collectivity, citizen.person, place, limit)
        items = [proposal_view(await proposals.supported(session, row), parts.pseudonyms) for row in found.rows]
    response.headers.update(_HEADERS)
    write = parts.runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.get(
    "/v1/own-proposals/{proposal_id}",
    **token("participation.proposals.read"),
    operation_id="readOwnProposal",
    response_model=ProposalView,
    responses=problems(401, 403, 404, 422),
)
async def read(proposal_id: UUID, request: Request, response: Response) -> ProposalView:
    """A proposal that one writes, draft or not."""
    citizen, parts = citizen_of(request), parts_of(request)
    async with parts.runtime.database.reading() as session:
        row = await proposal_drafts.own(session, citizen.collectivity, proposal_id, citizen.person)
        found = await proposals.supported(session, row)
    response.headers.update(_HEADERS | {"ETag": entity_tag(row.version)})
    return proposal_view(found, parts.pseudonyms)


@routes.get(
    "/v1/own-proposals/{proposal_id}/versions",
    **token("participation.proposals.read"),
    operation_id="listOwnProposalVersions",
    response_model=Page[ProposalVersionView],
    responses=problems(400, 401, 403, 404, 422),
)
async def versions(
    proposal_id: UUID, request: Request, response: Response, limit: Limit = 20, cursor: CursorParameter = None
) -> object:
    """What a proposal that one writes said before, the last first."""
    citizen, runtime = citizen_of(request), parts_of(request).runtime
    bound = ["own-proposal-versions", str(proposal_id)]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        await proposal_drafts.own(session, citizen.collectivity, proposal_id, citizen.person)
        found = await proposals.versions(session, proposal_id, place, limit)
    response.headers.update(_HEADERS)
    write = runtime.cursors.write
    items = [version_view(row) for row in found.rows]
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.get(
    "/v1/own-proposals/{proposal_id}/comparisons",
    **token("participation.proposals.read"),
    operation_id="compareOwnProposalVersions",
    response_model=ComparisonView,
    responses=problems(401, 403, 404, 422),
)
async def compare(
    proposal_id: UUID, request: Request, response: Response, before: Before = None, after: After = None
) -> ComparisonView:
    """Two versions of a proposal that one writes, word by word."""
    citizen = citizen_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        row = await proposal_drafts.own(session, citizen.collectivity, proposal_id, citizen.person)
        two = await two_versions(session, row, before, after)
    response.headers.update(_HEADERS)
    return await asyncio.to_thread(comparison_view, *two)


@routes.post(
    "/v1/proposals/{proposal_id}/transitions",
    **token("participation.proposals.write", headers=[IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="actOnProposal",
    status_code=201,
    response_model=ProposalView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428, 429),
)
async def act(proposal_id: UUID, body: NewProposalTransition, request: Request) -> Response:
    """Publish one's own draft: its words are public from now on, and what it said before is gone."""
    citizen, parts, version, at = citizen_of(request), parts_of(request), required_version(request), now()
    author = Author(citizen.collectivity, citizen.person)

    async def effect(session: AsyncSession) -> Answer:
        match body.action:
            case ProposalAction.PUBLISH:
                row = await publish_proposal(session, author, proposal_id, version=version, now=at)
        found = await proposals.supported(session, row)
        path = f"/v1/collectivities/{row.collectivity}/proposals/{row.id}"
        return Answer.of(proposal_view(found, parts.pseudonyms), {"Location": path, "ETag": entity_tag(row.version)})

    await check_publishes_within(request, proposal_id, at)
    call = idempotent_call(request, citizen, await request.body())
    try:
        return await parts.runtime.idempotency.once(call, effect)
    except TooManyError as error:
        raise too_many() from error
