# SPDX-License-Identifier: EUPL-1.2
"""Until when holds what a request was granted, as agents say it."""

from datetime import date
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
from parvis_requests.domain.validity import Validity
from parvis_requests.service.read_request import reopen_acted
from parvis_requests.service.set_validity import Granting, set_validity

routes = router(tags=["work"])


class NewValidity(Input):
    """Until when the grant holds."""

    until_on: date | None = Field(
        description="The last day of what was granted: a card, a permit, a concession; null where none is any more."
    )
    reminder_days: int = Field(
        default=60, ge=0, le=365, description="How many days before it the person is reminded, at nine in the morning."
    )


@routes.post(
    "/v1/requests/{request_id}/validity",
    **token("requests.requests.write", headers=[IDEMPOTENCY_KEY, IF_MATCH]),
    operation_id="setValidity",
    status_code=201,
    response_model=RequestView,
    responses=problems(400, 401, 403, 404, 409, 412, 413, 422, 428),
)
async def set_(request_id: UUID, body: NewValidity, request: Request) -> Response:
    """Say until when holds what the ended request was granted, or that no more; the person is reminded before it."""
    actor, parts, language = actor_of(request), parts_of(request), language_of(request)
    validity = Validity(body.until_on, body.reminder_days) if body.until_on else None
    said = Granting(request_id, required_version(request), validity)
    catalogue, persons = await parts.catalogues.of(actor.collectivity), parts.runtime.persons

    async def effect(session: AsyncSession) -> Answer:
        row = await set_validity(session, actor, said, catalogues=parts.catalogues, now=now())
        opened = await reopen_acted(session, actor, row, persons=persons, catalogues=parts.catalogues)
        tag = entity_tag(row.version, language)
        view = named_request(request_view(opened, catalogue, actor, language), actor, colleagues_at_hand(request))
        return Answer.of(view, {"ETag": tag, "Cache-Control": "no-store"})

    call = idempotent_call(request, principal_of(request), await request.body())
    return await parts.runtime.idempotency.once(call, effect)
