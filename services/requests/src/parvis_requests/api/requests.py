# SPDX-License-Identifier: EUPL-1.2
"""Requests: submit, list, read, history."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.problems import FORBIDDEN
from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.etag import entity_tag, not_modified
from parvis_kit.web.idempotency import idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_NONE_MATCH, NOT_MODIFIED, principal_of, problems, router, token
from parvis_kit.web.types import Instant, PlainText
from parvis_requests.api.context import actor_of, colleagues_of, language_of, now, parts_of
from parvis_requests.api.named import named_entry, named_request
from parvis_requests.api.schemas import STATUS_FILTER, HistoryView, NewRequest, RequestView
from parvis_requests.api.short_way import ShortWay
from parvis_requests.api.submission import Submitting
from parvis_requests.api.views import history_view, request_view
from parvis_requests.db import history as stored
from parvis_requests.db import requests
from parvis_requests.db.hot import AlreadyAnsweredError
from parvis_requests.db.requests import Filters
from parvis_requests.service.forms_over_time import forms_over_time
from parvis_requests.service.read_request import list_requests, read_request, record_opening

routes = router(tags=["requests"], route_class=ShortWay)
_PRIVATE = {"Cache-Control": "no-store", "Vary": "Accept-Language"}


@routes.post(
    "/v1/requests",
    **token("requests.requests.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="submitRequest",
    status_code=201,
    response_model=RequestView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def submit(body: NewRequest, request: Request) -> Response:
    """File a request; the `Idempotency-Key` header makes it safe to send again."""
    if actor_of(request).is_agent:
        raise FORBIDDEN.problem("Seul un usager dépose une demande.", "Only a citizen files a request.")
    call = idempotent_call(request, principal_of(request), await request.body())
    try:
        return await Submitting(request, body).submit(call)
    except AlreadyAnsweredError as first:
        return parts_of(request).runtime.idempotency.replay(call, first.body_hash, first.answer)


@routes.get(
    "/v1/requests",
    **token("requests.requests.read"),
    operation_id="listRequests",
    response_model=Page[RequestView],
    responses=problems(400, 401, 403, 404, 422),
)
async def list_(
    request: Request,
    response: Response,
    status: Annotated[STATUS_FILTER, Query(default_factory=list, max_length=10)],
    team: Annotated[list[PlainText], Query(default_factory=list, max_length=20)],
    type_: Annotated[list[PlainText], Query(default_factory=list, alias="request_type", max_length=20)],
    created_after: Instant | None = None,
    created_before: Instant | None = None,
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """A citizen's own requests, or for an agent those of the collectivity; newest first."""
    actor, parts, language = actor_of(request), parts_of(request), language_of(request)
    filters = Filters(tuple(status), tuple(team), tuple(type_), created_after, created_before)
    bound = [actor.collectivity, str(actor.person), repr(filters)]
    place = parts.runtime.cursors.read(cursor, bound)
    catalogue = await parts.catalogues.of(actor.collectivity)
    async with parts.runtime.database.reading() as session:
        found = await list_requests(
            session, actor, filters, place, limit, persons=parts.runtime.persons, catalogues=parts.catalogues
        )
    response.headers.update(_PRIVATE)
    names = await colleagues_of(request)
    items = [named_request(request_view(each, catalogue, actor, language), actor, names) for each in found.rows]
    write = parts.runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.get(
    "/v1/requests/{request_id}",
    **token("requests.requests.read", headers=[IF_NONE_MATCH]),
    operation_id="readRequest",
    response_model=RequestView,
    responses=problems(401, 403, 404, 422) | NOT_MODIFIED,
)
async def read(request_id: UUID, request: Request, response: Response) -> object:
    """One request; an agent's look is recorded for the person."""
    actor, parts, language = actor_of(request), parts_of(request), language_of(request)
    catalogue, names = await parts.catalogues.of(actor.collectivity), await colleagues_of(request)
    async with parts.runtime.database.unit_of_work() as uow:
        opened = await read_request(
            uow.session, actor, request_id, persons=parts.runtime.persons, catalogues=parts.catalogues
        )
        named = names.variant(opened.row.assignee) if actor.is_agent else ()
        tag = entity_tag(opened.row.version, language, *named)
        headers = _PRIVATE | {"ETag": tag, "Content-Language": language}
        if not_modified(request, tag):
            return Response(status_code=304, headers=headers)
        if actor.is_agent:
            await record_opening(uow.session, opened.row, actor, now())
            await uow.commit()
    response.headers.update(headers)
    return named_request(request_view(opened, catalogue, actor, language), actor, names)


@routes.get(
    "/v1/requests/{request_id}/history",
    **token("requests.requests.read"),
    operation_id="readHistory",
    response_model=HistoryView,
    responses=problems(400, 401, 403, 404, 422),
)
async def history(
    request_id: UUID, request: Request, response: Response, limit: Limit = 20, cursor: CursorParameter = None
) -> object:
    """The acts on the request, the oldest first; internal ones for agents alone."""
    actor, parts, language = actor_of(request), parts_of(request), language_of(request)
    bound, write = [actor.collectivity, str(request_id), str(actor.is_agent)], parts.runtime.cursors.write
    place = parts.runtime.cursors.read(cursor, bound)
    async with parts.runtime.database.reading() as session:
        row = await requests.one(session, actor, request_id)
        form_at = await forms_over_time(session, row, parts.catalogues)
        page = await stored.page(session, row.id, internal=actor.is_agent, position=place, limit=limit)
    response.headers.update(_PRIVATE | {"Content-Language": language})
    catalogue = await parts.catalogues.of(actor.collectivity)
    names, for_agent = await colleagues_of(request), actor.is_agent
    shown = [
        history_view(entry, form_at(entry.sequence).workflow, catalogue, language, for_agent=for_agent)
        for entry in page.rows
    ]
    items = [named_entry(view, names) for view in shown]
    answer = paged(request, response, items, write(page.next, bound), write(page.previous, bound))
    return answer | {"names_known": names.known if for_agent else None}
