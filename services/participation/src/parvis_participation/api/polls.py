# SPDX-License-Identifier: EUPL-1.2
"""Polls as everybody reads them, and as agents prepare and publish them."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, problems, public, router, token
from parvis_participation.api.consultations import Collectivity
from parvis_participation.api.context import agent_of, chain_of, language_of, now, parts_of
from parvis_participation.api.plain_files import POLL_FILES, plain_file
from parvis_participation.api.poll_schemas import NewPoll, NewPollTransition, PollResultsView, PollView
from parvis_participation.api.poll_views import poll_results_view, poll_view
from parvis_participation.api.schemas import Code
from parvis_participation.db import polls
from parvis_participation.service.create_poll import CreatePoll, create_poll
from parvis_participation.service.poll_files import PollFile, poll_file
from parvis_participation.service.publish_poll import publish_poll

routes = router(tags=["polls"])
_HEADERS = {"Cache-Control": "public, no-cache", "Vary": "Accept-Language"}
LARGE = 1_048_576
_Area = Annotated[
    Code | None, Query(description="Of the ballots in Pabulib's format: about this area's money; without, the city's.")
]


@routes.get(
    "/v1/collectivities/{collectivity}/polls",
    **public(),
    operation_id="listPolls",
    response_model=Page[PollView],
    responses=problems(400, 422),
)
async def list_(
    collectivity: Collectivity,
    request: Request,
    response: Response,
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """The published polls of a collectivity, newest first; the root is told by each poll's own address alone."""
    parts, language, at = parts_of(request), language_of(request), now()
    cursors = parts.runtime.cursors
    bound = ["polls", collectivity]
    place = cursors.read(cursor, bound)
    async with parts.runtime.database.reading() as session:
        found = await polls.page(session, collectivity, place, limit)
    response.headers.update(_HEADERS | {"Content-Language": language})
    items = [poll_view(row, None, parts.seals, language, at) for row in found.rows]
    return paged(request, response, items, cursors.write(found.next, bound), cursors.write(found.previous, bound))


@routes.get(
    "/v1/collectivities/{collectivity}/polls/{poll_id}",
    **public(),
    operation_id="readPoll",
    response_model=PollView,
    responses=problems(404, 422),
)
async def read(collectivity: Collectivity, poll_id: UUID, request: Request, response: Response) -> PollView:
    """One published poll, with the newest signed root over its urn."""
    parts, language = parts_of(request), language_of(request)
    async with parts.runtime.database.reading() as session:
        row = await polls.one(session, collectivity, poll_id, published=True)
        root = await polls.latest_root(session, poll_id)
    response.headers.update(_HEADERS | {"Content-Language": language})
    return poll_view(row, root, parts.seals, language, now())


@routes.get(
    "/v1/collectivities/{collectivity}/polls/{poll_id}/results",
    **public(),
    operation_id="readPollResults",
    response_model=PollResultsView,
    responses=problems(404, 409, 422),
)
async def results(collectivity: Collectivity, poll_id: UUID, request: Request, response: Response) -> PollResultsView:
    """The result of a counted poll, explained option by option."""
    language = language_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        row = await polls.one(session, collectivity, poll_id, published=True)
    response.headers.update(_HEADERS | {"Content-Language": language})
    return poll_results_view(row, language)


@routes.get(
    "/v1/collectivities/{collectivity}/polls/{poll_id}/files/{file}",
    **public(),
    operation_id="readPollFile",
    response_class=PlainTextResponse,
    responses=problems(404, 409, 422) | POLL_FILES,
)
async def file_(
    collectivity: Collectivity, poll_id: UUID, file: PollFile, request: Request, area: _Area = None
) -> PlainTextResponse:
    """A plain file of a counted poll: signed record, commitments, opened urn; its acts as soon as it is published.

    Its result as a table, too, and its ballots in Pabulib's format.
    """
    async with parts_of(request).runtime.database.reading() as session:
        write = await poll_file(session, collectivity, poll_id, file, area)
    text = await asyncio.to_thread(write)
    kept = "no-cache" if file is PollFile.ACTS else "max-age=86400"
    return plain_file(file, text, kept)


@routes.post(
    "/v1/polls",
    **token("participation.polls.write", headers=[IDEMPOTENCY_KEY], body_limit=LARGE),
    operation_id="createPoll",
    status_code=201,
    response_model=PollView,
    responses=problems(400, 401, 403, 409, 413, 422),
)
async def create(body: NewPoll, request: Request) -> Response:
    """Prepare a secret poll of the agent's collectivity; it stays a draft until published."""
    agent, parts, language, at = agent_of(request), parts_of(request), language_of(request), now()
    command = command_of(request, body)
    chain, by = chain_of(request)

    async def effect(session: AsyncSession) -> Answer:
        row = await create_poll(session, command, chain, by)
        path = f"/v1/collectivities/{row.collectivity}/polls/{row.id}"
        headers = {"Location": path, "ETag": entity_tag(row.version, language)}
        return Answer.of(poll_view(row, None, parts.seals, language, at), headers)

    return await parts.runtime.idempotency.once(idempotent_call(request, agent, await request.body()), effect)


@routes.post(
    "/v1/polls/{poll_id}/transitions",
    **token("participation.polls.write", headers=[IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="actOnPoll",
    status_code=201,
    response_model=PollView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def transition(poll_id: UUID, body: NewPollTransition, request: Request) -> Response:
    """Publish a draft before it opens, which freezes it."""
    del body  # publishing is the one action that there is
    agent, parts, language, at = agent_of(request), parts_of(request), language_of(request), now()
    version = required_version(request)
    chain, by = chain_of(request)

    async def effect(session: AsyncSession) -> Answer:
        row = await publish_poll(session, agent.collectivity, poll_id, chain, by, version=version)
        view = poll_view(row, None, parts.seals, language, at)
        return Answer.of(view, {"ETag": entity_tag(row.version, language)})

    return await parts.runtime.idempotency.once(idempotent_call(request, agent, await request.body()), effect)


def command_of(request: Request, body: NewPoll) -> CreatePoll:
    """What the agent who calls wants to have voted on."""
    days = parts_of(request).runtime.settings.poll_roll_retention_days
    given = body.model_dump(mode="json", exclude={"opens_at", "closes_at", "board", "ballot"})
    given["retention_days"] = body.retention_days or days
    return CreatePoll(
        collectivity=agent_of(request).collectivity,
        **given,
        rules=body.ballot.model_dump(mode="json"),
        board_key=bytes.fromhex(body.board.key),
        board_members=body.board.members,
        board_threshold=body.board.threshold,
        opens_at=body.opens_at,
        closes_at=body.closes_at,
    )
