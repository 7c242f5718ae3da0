# SPDX-License-Identifier: EUPL-1.2
"""Sending to a webhook subscription what it has not got, once more, or to see whether it arrives."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, principal_of, problems, router, token
from parvis_notifications.api.context import Parts, now, parts_of, subscriber_of
from parvis_notifications.api.event_schemas import NewReplay, ReplayView
from parvis_notifications.api.schemas import WebhookDeliveryView
from parvis_notifications.api.views import delivery_view
from parvis_notifications.db.webhook_replays import Part
from parvis_notifications.domain.errors import NotFoundError
from parvis_notifications.service.replay_webhook import replay_webhook, try_webhook

routes = router(tags=["webhooks"])
_PATH = "/v1/webhook-subscriptions/{subscription_id}"


@routes.post(
    _PATH + "/replays",
    **token("notifications.webhooks.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="replayWebhook",
    status_code=201,
    response_model=ReplayView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def replay(subscription_id: UUID, body: NewReplay, request: Request) -> Response:
    """Send again what the subscription wants of what was told since, each event with its own id, in order."""
    subscriber, parts = subscriber_of(request), parts_of(request)
    after = await _position(parts, subscriber.collectivity, body)
    part = Part(after, body.until_at, body.event_types, body.subject)

    async def effect(session: AsyncSession) -> Answer:
        done = await replay_webhook(session, subscriber, subscription_id, part)
        return Answer.of(ReplayView(deliveries=done.deliveries, last_event_id=str(done.reached), more=done.more))

    call = idempotent_call(request, principal_of(request), await request.body())
    return await parts.runtime.idempotency.once(call, effect)


@routes.post(
    _PATH + "/test-events",
    **token("notifications.webhooks.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="testWebhook",
    status_code=201,
    response_model=WebhookDeliveryView,
    responses=problems(400, 401, 403, 404, 409, 422),
)
async def test(subscription_id: UUID, request: Request) -> Response:
    """Send this subscription an event that says nothing; what becomes of it is in the log of deliveries."""
    subscriber, parts = subscriber_of(request), parts_of(request)
    public_url = parts.runtime.settings.public_url

    async def effect(session: AsyncSession) -> Answer:
        sent = await try_webhook(session, subscriber, subscription_id, public_url=public_url, now=now())
        return Answer.of(delivery_view(sent))

    call = idempotent_call(request, principal_of(request), await request.body())
    return await parts.runtime.idempotency.once(call, effect)


async def _position(parts: Parts, collectivity: str, body: NewReplay) -> int:
    if body.since_at is not None:
        return await parts.event_log.before(collectivity, body.since_at)
    if body.after_event is None:
        return int(body.after or 0)
    found = await parts.event_log.of_event(collectivity, body.after_event)
    if found is None:
        raise NotFoundError
    return found
