# SPDX-License-Identifier: EUPL-1.2
"""Keys of applications that send: agents make and revoke them."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.crypto.keys import SealingKey
from parvis_kit.web.cursor import CursorParameter, Limit, Page, paged
from parvis_kit.web.etag import entity_tag, required_version
from parvis_kit.web.idempotency import Answer, idempotent_call
from parvis_kit.web.operation import IDEMPOTENCY_KEY, IF_MATCH, principal_of, problems, router, token
from parvis_notifications.api.context import now, parts_of, writer_of
from parvis_notifications.api.sending_schemas import CreatedSendingKeyView, NewSendingKey, SendingKeyView
from parvis_notifications.db import sending_keys
from parvis_notifications.db.sending_tables import SendingKey
from parvis_notifications.domain.sending import KeyKind
from parvis_notifications.service.sending_keys import KeyWish, cancel_of_key, guests_of, make_key, revoke_key

routes = router(tags=["sending"])
_PATH: Final = "/v1/sending-keys"
_ONE: Final = _PATH + "/{sending_key_id}"
Cancel = Annotated[
    bool,
    Query(
        description="Send nothing more of what the key has handed in: messages that wait, and files. For a key in wrong"
        " hands; may be asked for once the key has ended."
    ),
]


@routes.post(
    _PATH,
    **token("notifications.keys.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="makeSendingKey",
    status_code=201,
    response_model=CreatedSendingKeyView,
    responses=problems(400, 401, 403, 409, 413, 422),
)
async def make(body: NewSendingKey, request: Request) -> Response:
    """Make a key for an application; the answer shows it, and nothing shows it again."""
    writer, parts = writer_of(request), parts_of(request)

    async def effect(session: AsyncSession) -> Answer:
        row, shown = await make_key(session, writer, KeyWish(**body.model_dump()), parts.sending_keys, now())
        view = CreatedSendingKeyView(**_view(row, parts.sending_keys).model_dump(), key=shown)
        where = f"{parts.runtime.settings.public_url}{_PATH}/{row.id}"
        headers = {"ETag": entity_tag(row.version), "Location": where, "Cache-Control": "no-store"}
        return Answer.of(view, headers)

    call = idempotent_call(request, principal_of(request), await request.body())
    return await parts.runtime.idempotency.once(call, effect)


@routes.get(
    _PATH,
    **token("notifications.keys.read"),
    operation_id="listSendingKeys",
    response_model=Page[SendingKeyView],
    responses=problems(400, 401, 403, 422),
)
async def list_(request: Request, response: Response, limit: Limit = 20, cursor: CursorParameter = None) -> object:
    """The collectivity's keys, newest first; those that have ended stay in the list."""
    writer, parts = writer_of(request), parts_of(request)
    bound = ["sending-keys", writer.collectivity]
    place = parts.runtime.cursors.read(cursor, bound)
    async with parts.runtime.database.reading() as session:
        found = await sending_keys.page(session, writer.collectivity, place, limit)
    items, write = [_view(row, parts.sending_keys) for row in found.rows], parts.runtime.cursors.write
    response.headers["Cache-Control"] = "no-store"
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound))


@routes.get(
    _ONE,
    **token("notifications.keys.read"),
    operation_id="readSendingKey",
    response_model=SendingKeyView,
    responses=problems(401, 403, 404, 422),
)
async def read(sending_key_id: UUID, request: Request, response: Response) -> object:
    """A key without its secret."""
    writer, parts = writer_of(request), parts_of(request)
    async with parts.runtime.database.reading() as session:
        row = await sending_keys.one(session, writer.collectivity, sending_key_id)
    response.headers.update({"ETag": entity_tag(row.version), "Cache-Control": "no-store"})
    return _view(row, parts.sending_keys)


@routes.delete(
    _ONE,
    **token("notifications.keys.write", headers=[IF_MATCH]),
    operation_id="revokeSendingKey",
    status_code=204,
    responses=problems(401, 403, 404, 412, 422, 428),
)
async def revoke(sending_key_id: UUID, request: Request, cancel: Cancel = False) -> None:  # noqa: FBT002 - a query
    """End a key at once and for good; what it has had sent goes its way, but for what `cancel` stops."""
    writer, version = writer_of(request), required_version(request)
    database = parts_of(request).runtime.database
    async with database.unit_of_work() as uow:
        await revoke_key(uow.session, writer, sending_key_id, version=version, again=cancel, now=now())
        await uow.commit()
    if cancel:
        await cancel_of_key(database, sending_key_id, now())


def _view(row: SendingKey, sealing: SealingKey) -> SendingKeyView:
    return SendingKeyView(
        id=row.id,
        application=row.application,
        kind=KeyKind(row.kind),
        guests=list(guests_of(row, sealing)),
        per_minute=row.per_minute,
        per_day=row.per_day,
        letters_per_day=row.letters_per_day,
        calls_per_day=row.calls_per_day,
        inbound_number=row.inbound_number,
        created_by=row.created_by,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
    )
