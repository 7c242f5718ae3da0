# SPDX-License-Identifier: EUPL-1.2
"""What became of the calls back to an application, and a trial of them."""

from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, principal_of, problems, router, token
from parvis_notifications.api.context import now, parts_of, writer_of
from parvis_notifications.api.schemas import WebhookDeliveryView
from parvis_notifications.api.views import delivery_view
from parvis_notifications.service.delivery_callbacks import called_back
from parvis_notifications.service.read_webhooks import read_log
from parvis_notifications.service.replay_webhook import try_webhook

routes = router(tags=["sending"])
_PATH: Final = "/v1/sending-keys/{sending_key_id}/callbacks/{callback_id}"


@routes.get(
    _PATH + "/deliveries",
    **token("notifications.keys.read"),
    operation_id="listDeliveryCallbackCalls",
    response_model=Page[WebhookDeliveryView],
    responses=problems(400, 401, 403, 404, 422),
)
async def log(
    sending_key_id: UUID,
    callback_id: UUID,
    request: Request,
    response: Response,
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """What became of each call, newest first."""
    writer, runtime, bound = writer_of(request), parts_of(request).runtime, ["callback", str(callback_id)]
    place, write = runtime.cursors.read(cursor, bound), runtime.cursors.write
    async with runtime.database.reading() as session:
        whose = await called_back(session, writer, sending_key_id)
        found = await read_log(session, whose, callback_id, place, limit)
    items = [delivery_view(row) for row in found.rows]
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.post(
    _PATH + "/test-events",
    **token("notifications.keys.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="testDeliveryCallback",
    status_code=201,
    response_model=WebhookDeliveryView,
    responses=problems(400, 401, 403, 404, 409, 422),
)
async def test(sending_key_id: UUID, callback_id: UUID, request: Request) -> Response:
    """Call the application with an event that says nothing; what becomes of it is in the log."""
    writer, parts = writer_of(request), parts_of(request)
    public_url = parts.runtime.settings.public_url

    async def effect(session: AsyncSession) -> Answer:
        whose = await called_back(session, writer, sending_key_id)
        return Answer.of(
            delivery_view(await try_webhook(session, whose, callback_id, public_url=public_url, now=now()))
        )

    call = idempotent_call(request, principal_of(request), await request.body())
    return await parts.runtime.idempotency.once(call, effect)
