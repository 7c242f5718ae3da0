# SPDX-License-Identifier: EUPL-1.2
"""The catalogue's administration: drafts of request types, their publication, the end of an offer."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import Path
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.locale import Language
from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.errors import pointer
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, principal_of, problems, router, token
from parvis_requests.api.catalogue import TypeCode
from parvis_requests.api.context import actor_of, language_of, now, parts_of
from parvis_requests.api.definition_problems import fault_text
from parvis_requests.api.type_schemas import ChangedDraft, FaultView, NewDraft, TypeVersionView
from parvis_requests.api.views import instant
from parvis_requests.domain.errors import Fault
from parvis_requests.service.definition_faults import definition_warnings
from parvis_requests.service.publish_type import (
    SavedVersion,
    change_draft,
    discard_draft,
    list_drafts,
    list_versions,
    publish_draft,
    read_draft,
    read_version,
    retire_type,
    start_draft,
)

routes = router(tags=["administration"])
_READ = "requests.catalogue.read"
_WRITE = "requests.catalogue.write"
_LIMIT = 262_144
Number = Annotated[int, Path(ge=1, le=2_147_483_647, description="Of the version.")]


@routes.post(
    "/v1/request-type-drafts",
    **token(_WRITE, headers=[IDEMPOTENCY_KEY], body_limit=_LIMIT),
    operation_id="startRequestTypeDraft",
    status_code=201,
    response_model=TypeVersionView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def start(body: NewDraft, request: Request) -> Response:
    """Begin the next version of a request type, or a new type; nobody sees it before it is published."""
    actor, parts, language = actor_of(request), parts_of(request), language_of(request)
    call = idempotent_call(request, principal_of(request), await request.body())

    async def effect(session: AsyncSession) -> Answer:
        saved = await start_draft(session, actor, body.code, body.definition, now())
        return Answer.of(_view(saved, language), {"Location": f"/v1/request-type-drafts/{saved.row.id}", **_tag(saved)})

    return await parts.runtime.idempotency.once(call, effect)


@routes.get(
    "/v1/request-type-drafts",
    **token(_READ),
    operation_id="listRequestTypeDrafts",
    response_model=Page[TypeVersionView],
    responses=problems(400, 401, 403, 404, 422),
)
async def list_(request: Request, response: Response, limit: Limit = 20, cursor: CursorParameter = None) -> object:
    """The drafts of the collectivity, the newest first."""
    actor, runtime, language = actor_of(request), parts_of(request).runtime, language_of(request)
    bound = [actor.collectivity, "request-type-drafts"]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        found = await list_drafts(session, actor, place, limit)
    response.headers["Cache-Control"] = "no-store"
    write = runtime.cursors.write
    items = [_view(saved, language) for saved in found.rows]
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.get(
    "/v1/request-type-drafts/{draft_id}",
    **token(_READ),
    operation_id="readRequestTypeDraft",
    response_model=TypeVersionView,
    responses=problems(401, 403, 404, 422),
)
async def read(draft_id: UUID, request: Request, response: Response) -> TypeVersionView:
    """A draft, with what keeps it from being published."""
    async with parts_of(request).runtime.database.reading() as session:
        saved = await read_draft(session, actor_of(request), draft_id)
    response.headers.update(_tag(saved))
    return _view(saved, language_of(request))


@routes.put(
    "/v1/request-type-drafts/{draft_id}",
    **token(_WRITE, headers=[IF_MATCH], body_limit=_LIMIT),
    operation_id="changeRequestTypeDraft",
    response_model=TypeVersionView,
    responses=problems(400, 401, 403, 404, 412, 413, 422, 428),
)
async def change(draft_id: UUID, body: ChangedDraft, request: Request, response: Response) -> TypeVersionView:
    """Replace what the draft says."""
    revision = required_version(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        saved = await change_draft(
            uow.session, actor_of(request), draft_id, body.definition, revision=revision, now=now()
        )
        await uow.commit()
    response.headers.update(_tag(saved))
    return _view(saved, language_of(request))


@routes.delete(
    "/v1/request-type-drafts/{draft_id}",
    **token(_WRITE, headers=[IF_MATCH]),
    operation_id="discardRequestTypeDraft",
    status_code=204,
    response_class=Response,
    responses=problems(401, 403, 404, 412, 422, 428),
)
async def discard(draft_id: UUID, request: Request) -> Response:
    """Throw the draft away."""
    revision = required_version(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        await discard_draft(uow.session, actor_of(request), draft_id, revision=revision)
        await uow.commit()
    return Response(status_code=204)


@routes.post(
    "/v1/request-type-drafts/{draft_id}/publication",
    **token(_WRITE, headers=[IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="publishRequestTypeDraft",
    status_code=201,
    response_model=TypeVersionView,
    responses=problems(400, 401, 403, 404, 409, 412, 422, 428),
)
async def publish(draft_id: UUID, request: Request) -> Response:
    """Offer the draft from now on; requests filed before keep the version that they were filed with."""
    actor, parts, language = actor_of(request), parts_of(request), language_of(request)
    call, revision = idempotent_call(request, principal_of(request), b""), required_version(request)

    async def effect(session: AsyncSession) -> Answer:
        return Answer.of(_view(await publish_draft(session, actor, draft_id, revision=revision, now=now()), language))

    answer = await parts.runtime.idempotency.once(call, effect)
    parts.catalogues.forget(actor.collectivity)
    return answer


@routes.get(
    "/v1/request-types/{code}/versions",
    **token(_READ),
    operation_id="listRequestTypeVersions",
    response_model=Page[TypeVersionView],
    responses=problems(400, 401, 403, 404, 422),
)
async def list_offered(
    code: TypeCode, request: Request, response: Response, limit: Limit = 20, cursor: CursorParameter = None
) -> object:
    """What was offered under a code, the newest first: requests keep the version that they were filed with."""
    actor, runtime, language = actor_of(request), parts_of(request).runtime, language_of(request)
    bound = [actor.collectivity, "request-type-versions", code]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        found = await list_versions(session, actor, code, place, limit)
    response.headers["Cache-Control"] = "no-store"
    write = runtime.cursors.write
    items = [_view(saved, language) for saved in found.rows]
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.get(
    "/v1/request-types/{code}/versions/{number}",
    **token(_READ),
    operation_id="readRequestTypeVersion",
    response_model=TypeVersionView,
    responses=problems(401, 403, 404, 422),
)
async def read_offered(code: TypeCode, number: Number, request: Request, response: Response) -> TypeVersionView:
    """One of them; sent as a draft, it is offered again."""
    async with parts_of(request).runtime.database.reading() as session:
        saved = await read_version(session, actor_of(request), code, number)
    response.headers["Cache-Control"] = "no-store"
    return _view(saved, language_of(request))


@routes.delete(
    "/v1/request-types/{code}",
    **token(_WRITE, headers=[IF_MATCH]),
    operation_id="retireRequestType",
    status_code=204,
    response_class=Response,
    responses=problems(401, 403, 404, 412, 422, 428),
)
async def retire(code: TypeCode, request: Request) -> Response:
    """Offer a type no longer (`If-Match`: its `version`, quoted); the requests of that type go on."""
    actor, parts, number = actor_of(request), parts_of(request), required_version(request)
    async with parts.runtime.database.unit_of_work() as uow:
        await retire_type(uow.session, actor, code, number=number, now=now())
        await uow.commit()
    parts.catalogues.forget(actor.collectivity)
    return Response(status_code=204)


def _tag(saved: SavedVersion) -> dict[str, str]:
    return {"ETag": entity_tag(saved.row.revision), "Cache-Control": "no-store"}


def _fault_views(faults: Sequence[Fault], language: Language) -> list[FaultView]:
    return [
        FaultView(
            pointer=pointer(("body", "definition", *fault.path)),
            code=fault.code,
            detail=fault_text(fault.code).in_language(language),
        )
        for fault in faults
    ]


def _view(saved: SavedVersion, language: Language) -> TypeVersionView:
    row = saved.row
    return TypeVersionView(
        id=row.id,
        code=saved.code,
        version=row.number,
        state=row.state,
        definition=saved.definition,
        faults=_fault_views(saved.faults if row.state == "draft" else (), language),
        warnings=_fault_views(definition_warnings(saved.definition) if row.state != "retired" else (), language),
        created_at=instant(row.created_at),
        updated_at=instant(row.updated_at),
        published_at=instant(row.published_at) if row.published_at else None,
    )
