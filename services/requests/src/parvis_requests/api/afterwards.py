# SPDX-License-Identifier: EUPL-1.2
"""After the end of a request: how its author was served, and that it is not over."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.etag import required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, principal_of, problems, router, token
from parvis_requests.api.context import actor_of, now, parts_of
from parvis_requests.api.conversation_schemas import NewReopening, NewSatisfaction, SatisfactionView
from parvis_requests.api.conversation_views import acted, satisfaction_view
from parvis_requests.api.schemas import RequestView
from parvis_requests.service.afterwards import rate_request, read_rating, reopen_request

routes = router(tags=["requests"])


@routes.post(
    "/v1/requests/{request_id}/satisfaction",
    **token("requests.requests.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="rateRequest",
    status_code=201,
    response_model=SatisfactionView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def rate(request_id: UUID, body: NewSatisfaction, request: Request) -> Response:
    """Say, once, how one was served; for the author, after the end."""
    actor, parts = actor_of(request), parts_of(request)
    call = idempotent_call(request, principal_of(request), await request.body())

    async def effect(session: AsyncSession) -> Answer:
        rating = await rate_request(
            session,
            actor,
            request_id,
            body.score,
            body.comment,
            catalogues=parts.catalogues,
            persons=parts.runtime.persons,
            now=now(),
        )
        return Answer.of(satisfaction_view(rating), {"Cache-Control": "no-store"})

    return await parts.runtime.idempotency.once(call, effect)


@routes.get(
    "/v1/requests/{request_id}/satisfaction",
    **token("requests.requests.read"),
    operation_id="readSatisfaction",
    response_model=SatisfactionView,
    responses=problems(401, 403, 404, 422),
)
async def read(request_id: UUID, request: Request, response: Response) -> SatisfactionView:
    """What the author said of how they were served."""
    runtime = parts_of(request).runtime
    async with runtime.database.reading() as session:
        rating = await read_rating(session, actor_of(request), request_id, persons=runtime.persons)
    response.headers["Cache-Control"] = "no-store"
    return satisfaction_view(rating)


@routes.post(
    "/v1/requests/{request_id}/reopening",
    **token("requests.requests.write", headers=[IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="reopenRequest",
    status_code=201,
    response_model=RequestView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def reopen(request_id: UUID, body: NewReopening, request: Request) -> Response:
    """Open a request again that is not over, for as long after its end as its type allows."""
    actor, parts, version = actor_of(request), parts_of(request), required_version(request)
    call = idempotent_call(request, principal_of(request), await request.body())
    catalogue = await parts.catalogues.of(actor.collectivity)

    async def effect(session: AsyncSession) -> Answer:
        row = await reopen_request(
            session,
            actor,
            request_id,
            version,
            body.reason,
            catalogues=parts.catalogues,
            persons=parts.runtime.persons,
            holidays=catalogue.holidays,
            now=now(),
        )
        return await acted(session, request, row)

    return await parts.runtime.idempotency.once(call, effect)
