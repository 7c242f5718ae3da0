# SPDX-License-Identifier: EUPL-1.2
"""Putting together requests that report the same, and taking them apart."""

from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.etag import required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, principal_of, problems, router, token
from parvis_requests.api.context import actor_of, now, parts_of
from parvis_requests.api.conversation_views import acted
from parvis_requests.api.schemas import Input, RequestView
from parvis_requests.db.tables import Request as Row
from parvis_requests.service.merge_requests import merge_request, read_kin, unmerge_request

routes = router(tags=["requests"])
_WRITE = token("requests.requests.write", headers=[IDEMPOTENCY_KEY, IF_MATCH])
_PROBLEMS = problems(400, 401, 403, 404, 409, 412, 413, 422, 428)


class NewMerge(Input):
    """With which request this one goes along."""

    parent: UUID = Field(
        description="A request of the same type, of any version with the same workflow, that has not ended."
    )


class KinView(BaseModel):
    """One of the requests that report the same."""

    id: UUID
    reference: str


class KinList(BaseModel):
    """With which request one goes along, and which go along with it."""

    parent: KinView | None
    children: list[KinView]


@routes.post(
    "/v1/requests/{request_id}/merge",
    **_WRITE,
    operation_id="mergeRequest",
    status_code=201,
    response_model=RequestView,
    responses=_PROBLEMS,
)
async def merge(request_id: UUID, body: NewMerge, request: Request) -> Response:
    """Let a request go along with another one that reports the same; its author is told."""
    actor, parts, version = actor_of(request), parts_of(request), required_version(request)
    call = idempotent_call(request, principal_of(request), await request.body())

    async def effect(session: AsyncSession) -> Answer:
        row = await merge_request(
            session,
            actor,
            request_id,
            body.parent,
            version=version,
            catalogues=parts.catalogues,
            persons=parts.runtime.persons,
            now=now(),
        )
        return await acted(session, request, row)

    return await parts.runtime.idempotency.once(call, effect)


@routes.post(
    "/v1/requests/{request_id}/unmerge",
    **_WRITE,
    operation_id="unmergeRequest",
    status_code=201,
    response_model=RequestView,
    responses=_PROBLEMS,
)
async def unmerge(request_id: UUID, request: Request) -> Response:
    """Let a merged request go its own way again, from the state in which it stands."""
    actor, parts, version = actor_of(request), parts_of(request), required_version(request)
    call = idempotent_call(request, principal_of(request), await request.body())

    async def effect(session: AsyncSession) -> Answer:
        row = await unmerge_request(
            session,
            actor,
            request_id,
            version=version,
            catalogues=parts.catalogues,
            persons=parts.runtime.persons,
            now=now(),
        )
        return await acted(session, request, row)

    return await parts.runtime.idempotency.once(call, effect)


@routes.get(
    "/v1/requests/{request_id}/merges",
    **token("requests.requests.read"),
    operation_id="listMerges",
    response_model=KinList,
    responses=problems(401, 403, 404, 422),
)
async def list_(request_id: UUID, request: Request, response: Response) -> KinList:
    """With which request this one goes along, and which go along with it; for agents."""
    async with parts_of(request).runtime.database.reading() as session:
        kin = await read_kin(session, actor_of(request), request_id)
    response.headers["Cache-Control"] = "no-store"
    return KinList(parent=kin.parent and _view(kin.parent), children=[_view(child) for child in kin.children])


def _view(row: Row) -> KinView:
    return KinView(id=row.id, reference=row.reference)
