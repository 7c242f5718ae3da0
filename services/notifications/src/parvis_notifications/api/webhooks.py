# SPDX-License-Identifier: EUPL-1.2
"""Webhook subscriptions of other municipal systems."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Body, Depends
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
from parvis_notifications.api.context import now, parts_of, subscriber_of
from parvis_notifications.api.merge_patch import MERGE_PATCH, merge_patch_only
from parvis_notifications.api.schemas import (
    CreatedWebhookSubscriptionView,
    NewWebhookKeys,
    NewWebhookSubscription,
    WebhookDeliveryView,
    WebhookSubscriptionPatch,
    WebhookSubscriptionView,
)
from parvis_notifications.api.views import created_view, delivery_view, subscription_view
from parvis_notifications.service.change_webhook import change_webhook
from parvis_notifications.service.read_webhooks import list_subscriptions, read_log, read_subscription
from parvis_notifications.service.rotate_webhook_keys import rotate_webhook_keys
from parvis_notifications.service.subscribe_webhook import Wish, subscribe_webhook, unsubscribe_webhook

routes = router(tags=["webhooks"])
_PATH = "/v1/webhook-subscriptions"


@routes.post(
    _PATH,
    **token("notifications.webhooks.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="subscribeWebhook",
    status_code=201,
    response_model=CreatedWebhookSubscriptionView,
    responses=problems(400, 401, 403, 409, 413, 422),
)
async def subscribe(body: NewWebhookSubscription, request: Request) -> Response:
    """Ask to be sent events; the answer shows the secret, which is shown no more."""
    subscriber, parts = subscriber_of(request), parts_of(request)
    settings = parts.runtime.settings

    async def effect(session: AsyncSession) -> Answer:
        row, secret = await subscribe_webhook(
            session,
            subscriber,
            Wish(**body.model_dump()),
            secrets=parts.webhook_secrets,
            allowed=parts.allowed_networks,
            limit=settings.webhook_limit,
            now=now(),
        )
        headers = {
            "ETag": entity_tag(row.version),
            "Location": f"{settings.public_url}{_PATH}/{row.id}",
            "Cache-Control": "no-store",
        }
        return Answer.of(created_view(row, secret, parts.webhook_secrets), headers)

    call = idempotent_call(request, principal_of(request), await request.body())
    return await parts.runtime.idempotency.once(call, effect)


@routes.get(
    _PATH,
    **token("notifications.webhooks.read"),
    operation_id="listWebhookSubscriptions",
    response_model=Page[WebhookSubscriptionView],
    responses=problems(400, 401, 403, 422),
)
async def list_(request: Request, response: Response, limit: Limit = 20, cursor: CursorParameter = None) -> object:
    """The calling system's own subscriptions, newest first."""
    subscriber, parts = subscriber_of(request), parts_of(request)
    runtime, bound = parts.runtime, [subscriber.collectivity, subscriber.client_id]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        found = await list_subscriptions(session, subscriber, place, limit)
    items = [subscription_view(row, parts.webhook_secrets) for row in found.rows]
    write = runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.get(
    _PATH + "/{subscription_id}",
    **token("notifications.webhooks.read", headers=[IF_NONE_MATCH]),
    operation_id="readWebhookSubscription",
    response_model=WebhookSubscriptionView,
    responses=problems(401, 403, 404, 422) | NOT_MODIFIED,
)
async def read(subscription_id: UUID, request: Request, response: Response) -> object:
    """One of the calling system's own subscriptions."""
    subscriber, parts = subscriber_of(request), parts_of(request)
    async with parts.runtime.database.reading() as session:
        row = await read_subscription(session, subscriber, subscription_id)
    tag = entity_tag(row.version)
    if not_modified(request, tag):
        return Response(status_code=304, headers={"ETag": tag})
    response.headers["ETag"] = tag
    return subscription_view(row, parts.webhook_secrets)


@routes.patch(
    _PATH + "/{subscription_id}",
    **token("notifications.webhooks.write", headers=[IF_MATCH]),
    operation_id="changeWebhookSubscription",
    dependencies=[Depends(merge_patch_only)],
    response_model=WebhookSubscriptionView,
    responses=problems(400, 401, 403, 404, 412, 413, 415, 422, 428),
)
async def change(
    subscription_id: UUID,
    patch: Annotated[WebhookSubscriptionPatch, Body(media_type=MERGE_PATCH)],
    request: Request,
    response: Response,
) -> object:
    """Change what is sent, or where; with `state`, have a subscription that was disabled go on."""
    subscriber, parts, wanted = subscriber_of(request), parts_of(request), patch.model_dump(exclude_unset=True)
    version = required_version(request)
    async with parts.runtime.database.unit_of_work() as uow:
        row = await change_webhook(
            uow.session,
            subscriber,
            subscription_id,
            wanted,
            version=version,
            secrets=parts.webhook_secrets,
            allowed=parts.allowed_networks,
        )
        await uow.commit()
    response.headers["ETag"] = entity_tag(row.version)
    return subscription_view(row, parts.webhook_secrets)


@routes.delete(
    _PATH + "/{subscription_id}",
    **token("notifications.webhooks.write", headers=[IF_MATCH]),
    operation_id="unsubscribeWebhook",
    status_code=204,
    responses=problems(401, 403, 404, 412, 422, 428),
)
async def unsubscribe(subscription_id: UUID, request: Request) -> None:
    """End a subscription; its log goes with it, and what was not delivered is not any more."""
    subscriber, runtime = subscriber_of(request), parts_of(request).runtime
    version = required_version(request)
    async with runtime.database.unit_of_work() as uow:
        await unsubscribe_webhook(uow.session, subscriber, subscription_id, version=version)
        await uow.commit()


@routes.post(
    _PATH + "/{subscription_id}/keys",
    **token("notifications.webhooks.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="rotateWebhookKeys",
    status_code=201,
    response_model=CreatedWebhookSubscriptionView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def rotate(subscription_id: UUID, body: NewWebhookKeys, request: Request) -> Response:
    """Make new keys; for a while each call is signed with the former ones as well, so that no event is refused."""
    subscriber, parts, overlap = subscriber_of(request), parts_of(request), timedelta(hours=body.overlap_hours)

    async def effect(session: AsyncSession) -> Answer:
        row, secret = await rotate_webhook_keys(
            session, subscriber, subscription_id, overlap=overlap, secrets=parts.webhook_secrets, now=now()
        )
        return Answer.of(
            created_view(row, secret, parts.webhook_secrets),
            {"ETag": entity_tag(row.version), "Cache-Control": "no-store"},
        )

    call = idempotent_call(request, principal_of(request), await request.body())
    return await parts.runtime.idempotency.once(call, effect)


@routes.get(
    _PATH + "/{subscription_id}/deliveries",
    **token("notifications.webhooks.read"),
    operation_id="listWebhookDeliveries",
    response_model=Page[WebhookDeliveryView],
    responses=problems(400, 401, 403, 404, 422),
)
async def log(
    subscription_id: UUID, request: Request, response: Response, limit: Limit = 20, cursor: CursorParameter = None
) -> object:
    """What became of each event of a subscription, newest first."""
    subscriber, runtime = subscriber_of(request), parts_of(request).runtime
    bound = [subscriber.collectivity, subscriber.client_id, str(subscription_id)]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        found = await read_log(session, subscriber, subscription_id, place, limit)
    items = [delivery_view(row) for row in found.rows]
    write = runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))
