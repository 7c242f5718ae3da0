# SPDX-License-Identifier: EUPL-1.2
"""Polls as the agents who prepare them list, read, change and delete them."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.operation import IF_MATCH, problems, router, token
from parvis_participation.api.acting import chain_act
from parvis_participation.api.context import agent_of, chain_of, language_of, now, parts_of
from parvis_participation.api.draft_schemas import PollDraftView, Prepared, poll_draft
from parvis_participation.api.poll_schemas import NewPoll, PollView
from parvis_participation.api.poll_views import poll_view
from parvis_participation.api.polls import LARGE, command_of
from parvis_participation.db import drafts, entitled, polls
from parvis_participation.db.tables import Poll
from parvis_participation.service.change_draft import change_poll_draft, delete_poll

routes = router(tags=["polls"])
_SCOPE = "participation.polls.write"


@routes.get(
    "/v1/polls",
    **token(_SCOPE),
    operation_id="listOwnPolls",
    response_model=Page[PollView],
    responses=problems(400, 401, 403, 422),
)
async def list_(
    request: Request, response: Response, state: Prepared = None, limit: Limit = 20, cursor: CursorParameter = None
) -> object:
    """The polls of the agent's collectivity, drafts included, newest first."""
    agent, parts, language, at = agent_of(request), parts_of(request), language_of(request), now()
    runtime, bound = parts.runtime, ["own-polls", agent.collectivity, str(state)]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        found = await drafts.page(session, Poll, agent.collectivity, state, place, limit)
    response.headers.update({"Cache-Control": "no-store", "Content-Language": language})
    items = [poll_view(row, None, parts.seals, language, at) for row in found.rows]
    write = runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.get(
    "/v1/polls/{poll_id}",
    **token(_SCOPE),
    operation_id="readOwnPoll",
    response_model=PollDraftView,
    responses=problems(401, 403, 404, 422),
)
async def read(poll_id: UUID, request: Request, response: Response) -> PollDraftView:
    """A poll of the agent's collectivity, published or not, in both languages."""
    agent = agent_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        row = await polls.one(session, agent.collectivity, poll_id)
        listed = await entitled.count(session, row.id)
    response.headers.update({"Cache-Control": "no-store", "ETag": entity_tag(row.version)})
    return poll_draft(row, listed, now())


@routes.put(
    "/v1/polls/{poll_id}",
    **token(_SCOPE, headers=[IF_MATCH], body_limit=LARGE),
    operation_id="changePollDraft",
    response_model=PollDraftView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def change(poll_id: UUID, body: NewPoll, request: Request, response: Response) -> PollDraftView:
    """Prepare a poll otherwise, until it is published; its list stays where it still is for the people of one."""
    version = required_version(request)
    command, (chain, by) = command_of(request, body), chain_of(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        row = await change_poll_draft(uow.session, poll_id, command, chain, by, version=version)
        listed = await entitled.count(uow.session, row.id)
        view = poll_draft(row, listed, now())
        await uow.commit()
    response.headers["ETag"] = entity_tag(view.version)
    return view


@routes.delete(
    "/v1/polls/{poll_id}",
    **token(_SCOPE, headers=[IF_MATCH]),
    operation_id="deletePollDraft",
    status_code=204,
    responses=problems(401, 403, 404, 409, 412, 422, 428),
)
async def delete(poll_id: UUID, request: Request) -> Response:
    """Throw a draft away with its list; the town's chain keeps the digest of what was done to it."""
    agent, version, (chain, by) = agent_of(request), required_version(request), chain_of(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        last = await delete_poll(uow.session, agent.collectivity, poll_id, chain, by, version=version)
        await chain_act(request, uow.session, last_act=last)
        await uow.commit()
    return Response(status_code=204)
