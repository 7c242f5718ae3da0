# SPDX-License-Identifier: EUPL-1.2
"""Where applications are called back about the messages that their keys send: agents say so."""

from datetime import timedelta
from typing import Annotated, Final
from uuid import UUID

from fastapi import Body, Depends
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.crypto.keys import SealingKey
from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, principal_of, problems, router, token
from parvis_notifications.api.callback_schemas import (
    CreatedDeliveryCallbackView,
    DeliveryCallbackPatch,
    DeliveryCallbackView,
    NewDeliveryCallback,
)
from parvis_notifications.api.context import now, parts_of, writer_of
from parvis_notifications.api.merge_patch import MERGE_PATCH, merge_patch_only
from parvis_notifications.api.schemas import NewWebhookKeys
from parvis_notifications.db.webhook_tables import WebhookSubscription
from parvis_notifications.domain.webhook import SubscriptionState
from parvis_notifications.service.change_webhook import change_webhook
from parvis_notifications.service.delivery_callbacks import CallbackWish, add_callback, called_back
from parvis_notifications.service.read_webhooks import list_subscriptions, read_subscription
from parvis_notifications.service.rotate_webhook_keys import rotate_webhook_keys
from parvis_notifications.service.subscribe_webhook import contact_of, unsubscribe_webhook

routes = router(tags=["sending"])
_PATH: Final = "/v1/sending-keys/{sending_key_id}/callbacks"
_ONE: Final = _PATH + "/{callback_id}"


@routes.post(
    _PATH,
    **token("notifications.keys.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="addDeliveryCallback",
    status_code=201,
    response_model=CreatedDeliveryCallbackView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def add(sending_key_id: UUID, body: NewDeliveryCallback, request: Request) -> Response:
    """Have the application called when what this key sends comes further; the answer alone shows the secret."""
    writer, parts = writer_of(request), parts_of(request)
    secrets, allowed = parts.webhook_secrets, parts.allowed_networks

    async def effect(session: AsyncSession) -> Answer:
        whose, wish = await called_back(session, writer, sending_key_id), CallbackWish(**body.model_dump())
        row, secret = await add_callback(session, whose, wish, secrets=secrets, allowed=allowed, now=now())
        where = f"{parts.runtime.settings.public_url}{request.url.path}/{row.id}"
        headers = {"ETag": entity_tag(row.version), "Location": where, "Cache-Control": "no-store"}
        return Answer.of(_created(row, secret, secrets), headers)

    call = idempotent_call(request, principal_of(request), await request.body())
    return await parts.runtime.idempotency.once(call, effect)


@routes.get(
    _PATH,
    **token("notifications.keys.read"),
    operation_id="listDeliveryCallbacks",
    response_model=Page[DeliveryCallbackView],
    responses=problems(400, 401, 403, 404, 422),
)
async def list_(
    sending_key_id: UUID, request: Request, response: Response, limit: Limit = 20, cursor: CursorParameter = None
) -> object:
    """The callbacks of a key, newest first."""
    writer, parts, bound = writer_of(request), parts_of(request), ["callbacks", str(sending_key_id)]
    place, write = parts.runtime.cursors.read(cursor, bound), parts.runtime.cursors.write
    async with parts.runtime.database.reading() as session:
        whose = await called_back(session, writer, sending_key_id)
        found = await list_subscriptions(session, whose, place, limit)
    items = [_view(row, parts.webhook_secrets) for row in found.rows]
    response.headers["Cache-Control"] = "no-store"
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.get(
    _ONE,
    **token("notifications.keys.read"),
    operation_id="readDeliveryCallback",
    response_model=DeliveryCallbackView,
    responses=problems(401, 403, 404, 422),
)
async def read(sending_key_id: UUID, callback_id: UUID, request: Request, response: Response) -> object:
    """A callback without its secret."""
    writer, parts = writer_of(request), parts_of(request)
    async with parts.runtime.database.reading() as session:
        row = await read_subscription(session, await called_back(session, writer, sending_key_id), callback_id)
    response.headers.update({"ETag": entity_tag(row.version), "Cache-Control": "no-store"})
    return _view(row, parts.webhook_secrets)


@routes.patch(
    _ONE,
    **token("notifications.keys.write", headers=[IF_MATCH]),
    operation_id="changeDeliveryCallback",
    dependencies=[Depends(merge_patch_only)],
    response_model=DeliveryCallbackView,
    responses=problems(400, 401, 403, 404, 412, 413, 415, 422, 428),
)
async def change(
    sending_key_id: UUID,
    callback_id: UUID,
    patch: Annotated[DeliveryCallbackPatch, Body(media_type=MERGE_PATCH)],
    request: Request,
    response: Response,
) -> object:
    """Change where the application is called; with `state`, have a callback that was disabled go on."""
    writer, parts, wanted = writer_of(request), parts_of(request), patch.model_dump(exclude_unset=True)
    version, secrets, allowed = required_version(request), parts.webhook_secrets, parts.allowed_networks
    async with parts.runtime.database.unit_of_work() as uow:
        whose = await called_back(uow.session, writer, sending_key_id)
        row = await change_webhook(
            uow.session, whose, callback_id, wanted, version=version, secrets=secrets, allowed=allowed
        )
        await uow.commit()
    response.headers.update({"ETag": entity_tag(row.version), "Cache-Control": "no-store"})
    return _view(row, parts.webhook_secrets)


@routes.delete(
    _ONE,
    **token("notifications.keys.write", headers=[IF_MATCH]),
    operation_id="removeDeliveryCallback",
    status_code=204,
    responses=problems(401, 403, 404, 412, 422, 428),
)
async def remove(sending_key_id: UUID, callback_id: UUID, request: Request) -> None:
    """Call the application there no more; what was not told by then is not told any more."""
    writer, version = writer_of(request), required_version(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        whose = await called_back(uow.session, writer, sending_key_id)
        await unsubscribe_webhook(uow.session, whose, callback_id, version=version)
        await uow.commit()


@routes.post(
    _ONE + "/keys",
    **token("notifications.keys.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="rotateDeliveryCallbackKeys",
    status_code=201,
    response_model=CreatedDeliveryCallbackView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def rotate(sending_key_id: UUID, callback_id: UUID, body: NewWebhookKeys, request: Request) -> Response:
    """Make new keys; for a while each call is signed with the former ones as well, so that none is refused."""
    writer, parts, overlap = writer_of(request), parts_of(request), timedelta(hours=body.overlap_hours)
    secrets = parts.webhook_secrets

    async def effect(session: AsyncSession) -> Answer:
        whose = await called_back(session, writer, sending_key_id)
        row, secret = await rotate_webhook_keys(
            session, whose, callback_id, overlap=overlap, secrets=secrets, now=now()
        )
        headers = {"ETag": entity_tag(row.version), "Cache-Control": "no-store"}
        return Answer.of(_created(row, secret, secrets), headers)

    call = idempotent_call(request, principal_of(request), await request.body())
    return await parts.runtime.idempotency.once(call, effect)


def _created(row: WebhookSubscription, secret: str, secrets: SealingKey) -> CreatedDeliveryCallbackView:
    return CreatedDeliveryCallbackView(**_view(row, secrets).model_dump(), secret=secret)


def _view(row: WebhookSubscription, secrets: SealingKey) -> DeliveryCallbackView:
    return DeliveryCallbackView(
        id=row.id,
        url=row.url,
        contact_email=contact_of(row.id, row.contact_email, secrets),
        description=row.description,
        public_key=row.public_key,
        former_keys_end_at=row.previous_secret_until,
        state=SubscriptionState(row.state),
        disabled_reason=row.disabled_reason,
        disabled_at=row.disabled_at,
        failing_since_at=row.failing_since,
        created_at=row.created_at,
    )
