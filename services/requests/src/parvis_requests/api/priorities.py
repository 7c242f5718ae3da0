# SPDX-License-Identifier: EUPL-1.2
"""How pressing a request is, as agents say it."""

from uuid import UUID

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, principal_of, problems, router, token
from parvis_requests.api.context import actor_of, colleagues_at_hand, language_of, now, parts_of
from parvis_requests.api.named import named_request
from parvis_requests.api.schemas import Input, RequestView
from parvis_requests.api.views import request_view
from parvis_requests.domain.priority import Priority
from parvis_requests.service.prioritise_request import Prioritising, prioritise_request
from parvis_requests.service.read_request import reopen_acted

routes = router(tags=["work"])


class NewPriority(Input):
    """How pressing a request is."""

    priority: Priority = Field(description="How pressing it is; agents alone are told.")


@routes.post(
    "/v1/requests/{request_id}/priority",
    **token("requests.requests.write", headers=[IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="prioritiseRequest",
    status_code=201,
    response_model=RequestView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def prioritise(request_id: UUID, body: NewPriority, request: Request) -> Response:
    """Say how pressing the request is that the agent saw (`If-Match`)."""
    actor, parts, language = actor_of(request), parts_of(request), language_of(request)
    said = Prioritising(request_id, required_version(request), body.priority)
    catalogue, persons = await parts.catalogues.of(actor.collectivity), parts.runtime.persons

    async def effect(session: AsyncSession) -> Answer:
        row = await prioritise_request(session, actor, said, catalogues=parts.catalogues, now=now())
        opened = await reopen_acted(session, actor, row, persons=persons, catalogues=parts.catalogues)
        tag = entity_tag(row.version, language)
        view = named_request(request_view(opened, catalogue, actor, language), actor, colleagues_at_hand(request))
        return Answer.of(view, {"ETag": tag, "Cache-Control": "no-store"})

    call = idempotent_call(request, principal_of(request), await request.body())
    return await parts.runtime.idempotency.once(call, effect)
