# SPDX-License-Identifier: EUPL-1.2
"""Messages that other applications of the town send, by a key of their own."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.idempotency import Answer
from parvis_kit.web.operation import IDEMPOTENCY_KEY, problems, router, service
from parvis_notifications.api.context import now, parts_of
from parvis_notifications.api.given_recipients import channel_offered, recipient_of
from parvis_notifications.api.senders import call_of, sender_of
from parvis_notifications.api.sending_schemas import NewSentMessage, Reference, SentMessageView
from parvis_notifications.db import sent_messages
from parvis_notifications.db.sent_messages import Wanted
from parvis_notifications.domain.errors import NotCancellableError
from parvis_notifications.domain.sending import SentStatus
from parvis_notifications.service.place_order import indexed, placed
from parvis_notifications.service.read_sent import SentView, opened
from parvis_notifications.service.send_message import send_message

routes = router(tags=["sending"])
_PATH: Final = "/v1/sent-messages"
_ONE: Final = _PATH + "/{sent_message_id}"


@routes.post(
    _PATH,
    **service(headers=[IDEMPOTENCY_KEY]),
    operation_id="sendMessage",
    status_code=201,
    response_model=SentMessageView,
    responses=problems(400, 401, 403, 409, 413, 422, 429),
)
async def send(body: NewSentMessage, request: Request) -> Response:
    """Have a message sent by a published template; a key of the kind `test` is answered so, and sends nothing."""
    sender, parts = await sender_of(request), parts_of(request)
    call, runtime = await call_of(request, sender), parts.runtime
    channel_offered(runtime.settings, sender, body.channel)
    order = await placed(
        runtime.persons, runtime.blind_index, sender,
        body.channel, recipient_of(body.channel, body.to, body.address_lines),
        template_id=body.template_id, values=body.personalisation, language=body.language,
        reference=body.reference, scheduled_at=body.scheduled_at,
    )  # fmt: skip

    async def effect(session: AsyncSession) -> Answer:
        sent = await send_message(session, sender, order, now())
        (view,) = await opened(runtime.persons, [await sent_messages.one(session, sender, sent.id)])
        where = f"{runtime.settings.public_url}{_PATH}/{sent.id}"
        return Answer.of(_view(view), {"Location": where, "Cache-Control": "no-store"})

    return await runtime.idempotency.once(call, effect)


@routes.get(
    _PATH,
    **service(),
    operation_id="listSentMessages",
    response_model=Page[SentMessageView],
    responses=problems(400, 401, 422),
)
async def list_(
    request: Request,
    response: Response,
    status: Annotated[list[SentStatus] | None, Query(max_length=10, description="Repeated: any of them.")] = None,
    reference: Annotated[Reference | None, Query()] = None,
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """What the application had sent by keys of this kind, newest first."""
    sender, runtime = await sender_of(request), parts_of(request).runtime
    bound = ["sent-messages", sender.collectivity, sender.application, sender.kind, status, reference]
    place = runtime.cursors.read(cursor, bound)
    wanted = Wanted(status or (), reference_index=indexed(runtime.blind_index, sender, reference))
    async with runtime.database.reading() as session:
        found = await sent_messages.page(session, sender, wanted, place, limit)
    items = [_view(each) for each in await opened(runtime.persons, found.rows)]
    response.headers["Cache-Control"] = "no-store"
    return paged(
        request, response, items, runtime.cursors.write(found.next, bound), runtime.cursors.write(found.previous, bound)
    )


@routes.get(
    _ONE,
    **service(),
    operation_id="readSentMessage",
    response_model=SentMessageView,
    responses=problems(401, 404, 422),
)
async def read(sent_message_id: UUID, request: Request, response: Response) -> object:
    """A message that the application had sent, and where it stands."""
    sender, runtime = await sender_of(request), parts_of(request).runtime
    async with runtime.database.reading() as session:
        row = await sent_messages.one(session, sender, sent_message_id)
    response.headers["Cache-Control"] = "no-store"
    return _view((await opened(runtime.persons, [row]))[0])


@routes.post(
    _ONE + "/cancellation",
    **service(),
    operation_id="cancelSentMessage",
    response_model=SentMessageView,
    responses=problems(401, 404, 409, 422),
)
async def cancel(sent_message_id: UUID, request: Request) -> object:
    """Let a message that waits for its time go no more; again, it says the same."""
    sender, runtime = await sender_of(request), parts_of(request).runtime
    async with runtime.database.unit_of_work() as uow:
        row = await sent_messages.one(uow.session, sender, sent_message_id)
        (view,) = await opened(runtime.persons, [row])
        if view.status is not SentStatus.CANCELLED:
            if not await sent_messages.cancel(uow.session, row.id):
                raise NotCancellableError
            (view,) = await opened(runtime.persons, [await sent_messages.one(uow.session, sender, row.id)])
        await uow.commit()
    return _view(view)


def _view(sent: SentView) -> SentMessageView:
    return SentMessageView(**{name: getattr(sent, name) for name in SentMessageView.model_fields})
