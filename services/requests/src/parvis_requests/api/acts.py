# SPDX-License-Identifier: EUPL-1.2
"""What people do to a request: transitions, messages, notes."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.cursor import CursorParameter, Limit, paged
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, principal_of, problems, router, token
from parvis_requests.api.context import actor_of, colleagues_at_hand, colleagues_of, language_of, now, parts_of
from parvis_requests.api.named import MessagePage, named_message, named_request
from parvis_requests.api.schemas import MessageView, NewMessage, NewTransition, RequestView
from parvis_requests.api.views import message_view, request_view
from parvis_requests.db import requests
from parvis_requests.service.act_on_request import Act, act_on_request
from parvis_requests.service.read_messages import read_messages
from parvis_requests.service.read_request import reopen_acted
from parvis_requests.service.write_message import NewMessage as Words
from parvis_requests.service.write_message import write_message

routes = router(tags=["requests"])


@routes.post(
    "/v1/requests/{request_id}/transitions",
    **token("requests.requests.write", headers=[IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="actOnRequest",
    status_code=201,
    response_model=RequestView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def transition(request_id: UUID, body: NewTransition, request: Request) -> Response:
    """Lead the request that the caller saw (`If-Match`) to another state, as its workflow lets them."""
    actor, parts, language = actor_of(request), parts_of(request), language_of(request)
    call = idempotent_call(request, principal_of(request), await request.body())
    version = required_version(request)
    catalogue = await parts.catalogues.of(actor.collectivity)

    async def effect(session: AsyncSession) -> Answer:
        act = Act(request_id, body.action, version, body.reason)
        row = await act_on_request(
            session,
            actor,
            act,
            catalogues=parts.catalogues,
            persons=parts.runtime.persons,
            holidays=catalogue.holidays,
            now=now(),
        )
        opened = await reopen_acted(session, actor, row, persons=parts.runtime.persons, catalogues=parts.catalogues)
        tag = entity_tag(row.version, language)
        view = named_request(request_view(opened, catalogue, actor, language), actor, colleagues_at_hand(request))
        return Answer.of(view, {"ETag": tag, "Cache-Control": "no-store"})

    return await parts.runtime.idempotency.once(call, effect)


@routes.post(
    "/v1/requests/{request_id}/messages",
    **token("requests.requests.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="writeMessage",
    status_code=201,
    response_model=MessageView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def write(request_id: UUID, body: NewMessage, request: Request) -> Response:
    """Write to the agents or, as one, to the person; or leave a note for the other agents."""
    actor, parts = actor_of(request), parts_of(request)
    new = Words(body.visibility, body.text, body.attachments, body.mentions)

    async def effect(session: AsyncSession) -> Answer:
        message = await write_message(
            session, actor, request_id, new, catalogues=parts.catalogues, persons=parts.runtime.persons, now=now()
        )
        view = message_view(message, for_agent=actor.is_agent)
        return Answer.of(named_message(view, colleagues_at_hand(request)), {"Cache-Control": "no-store"})

    call = idempotent_call(request, principal_of(request), await request.body())
    return await parts.runtime.idempotency.once(call, effect)


@routes.get(
    "/v1/requests/{request_id}/messages",
    **token("requests.requests.read"),
    operation_id="listMessages",
    response_model=MessagePage,
    responses=problems(400, 401, 403, 404, 422),
)
async def list_(
    request_id: UUID, request: Request, response: Response, limit: Limit = 20, cursor: CursorParameter = None
) -> object:
    """Replies, newest first; with the internal notes for an agent."""
    actor, runtime, language = actor_of(request), parts_of(request).runtime, language_of(request)
    bound = [str(request_id), str(actor.person), actor.is_agent]
    async with runtime.database.reading() as session:
        await requests.one(session, actor, request_id)
        place = runtime.cursors.read(cursor, bound)
        found = await read_messages(
            session, actor, request_id, place, limit, persons=runtime.persons, language=language
        )
    response.headers["Cache-Control"] = "no-store"
    names, write = await colleagues_of(request), runtime.cursors.write
    items = [named_message(message_view(each, for_agent=actor.is_agent), names) for each in found.rows]
    answer = paged(request, response, items, write(found.next, bound), write(found.previous, bound))
    return answer | {"names_known": names.known if actor.is_agent else None}
