# SPDX-License-Identifier: EUPL-1.2
"""Saved views of the work queue: an agent's own, and those shared by others."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

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
from parvis_requests.api.context import actor_of, now, parts_of
from parvis_requests.api.queue_schemas import NewSavedView, QueueFilter, SavedViewView
from parvis_requests.api.views import instant
from parvis_requests.db import saved_views
from parvis_requests.db.tables import SavedView
from parvis_requests.domain.request import Actor
from parvis_requests.domain.work_queue import for_agents
from parvis_requests.service.saved_views import ViewContent, drop_view, replace_view, save_view

routes = router(tags=["work"])
_READ = token("requests.requests.read")
_PATH = "/v1/saved-views/{view_id}"


@routes.post(
    "/v1/saved-views",
    **token("requests.requests.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="saveView",
    status_code=201,
    response_model=SavedViewView,
    responses=problems(400, 401, 403, 409, 413, 422),
)
async def save(body: NewSavedView, request: Request) -> Response:
    """Keep filters of the work queue under a name."""
    actor = actor_of(request)

    async def effect(session: AsyncSession) -> Answer:
        row = await save_view(session, actor, content(body), now())
        return Answer.of(saved_view(row, actor), {"Location": f"/v1/saved-views/{row.id}", **_headers(row)})

    call = idempotent_call(request, principal_of(request), await request.body())
    return await parts_of(request).runtime.idempotency.once(call, effect)


@routes.get(
    "/v1/saved-views",
    **_READ,
    operation_id="listSavedViews",
    response_model=Page[SavedViewView],
    responses=problems(400, 401, 403, 422),
)
async def list_(request: Request, response: Response, limit: Limit = 20, cursor: CursorParameter = None) -> object:
    """An agent's own views and those that others share, newest first."""
    actor, runtime = for_agents(actor_of(request)), parts_of(request).runtime
    bound = [actor.collectivity, str(actor.person)]
    async with runtime.database.reading() as session:
        page = await saved_views.page(session, actor, runtime.cursors.read(cursor, bound), limit)
    response.headers["Cache-Control"] = "no-store"
    items = [saved_view(row, actor) for row in page.rows]
    write = runtime.cursors.write
    return paged(request, response, items, write(page.next, bound), write(page.previous, bound))


@routes.get(
    _PATH,
    **token("requests.requests.read", headers=[IF_NONE_MATCH]),
    operation_id="readSavedView",
    response_model=SavedViewView,
    responses=problems(401, 403, 404, 422) | NOT_MODIFIED,
)
async def read(view_id: UUID, request: Request, response: Response) -> object:
    """One view."""
    actor = for_agents(actor_of(request))
    async with parts_of(request).runtime.database.reading() as session:
        row = await saved_views.one(session, actor, view_id)
    if not_modified(request, entity_tag(row.version)):
        return Response(status_code=304, headers=_headers(row))
    response.headers.update(_headers(row))
    return saved_view(row, actor)


@routes.put(
    _PATH,
    **token("requests.requests.write", headers=[IF_MATCH]),
    operation_id="replaceSavedView",
    response_model=SavedViewView,
    responses=problems(400, 401, 403, 404, 412, 413, 422, 428),
)
async def replace(view_id: UUID, body: NewSavedView, request: Request, response: Response) -> object:
    """Say an own view anew."""
    actor, version = actor_of(request), required_version(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        row = await replace_view(uow.session, actor, view_id, content(body), version=version, now=now())
        await uow.commit()
    response.headers.update(_headers(row))
    return saved_view(row, actor)


@routes.delete(
    _PATH,
    **token("requests.requests.write", headers=[IF_MATCH]),
    operation_id="dropSavedView",
    status_code=204,
    responses=problems(401, 403, 404, 412, 422, 428),
)
async def drop(view_id: UUID, request: Request) -> None:
    """Forget an own view."""
    actor, version = actor_of(request), required_version(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        await drop_view(uow.session, actor, view_id, version=version)
        await uow.commit()


def content(body: NewSavedView) -> ViewContent:
    """The view as it is kept: only what was said, so that a later default does not change it."""
    return ViewContent(body.name, body.shared, body.filters.model_dump(mode="json", exclude_unset=True))


def saved_view(row: SavedView, actor: Actor) -> SavedViewView:
    """A stored view."""
    return SavedViewView(
        id=row.id,
        name=row.name,
        shared=row.shared,
        own=row.owner == actor.person,
        filters=QueueFilter.model_validate(row.filters),
        version=row.version,
        created_at=instant(row.created_at),
        updated_at=instant(row.updated_at),
    )


def _headers(row: SavedView) -> dict[str, str]:
    return {"ETag": entity_tag(row.version), "Cache-Control": "no-store"}
