# SPDX-License-Identifier: EUPL-1.2
"""The addresses of a messenger at which people are written to."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

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
from parvis_notifications.api.chat_schemas import ChatAddressList, ChatAddressView, ChatCodeBody, NewChatAddress
from parvis_notifications.api.context import citizen_of, language_of, now, parts_of
from parvis_notifications.service.chat_addresses import (
    ChatDesk,
    OpenChat,
    confirm_address,
    forget_address,
    give_address,
    list_addresses,
    open_chat,
    read_address,
    right_code,
)

routes = router(tags=["chat"])
_PATH = "/v1/chat-addresses"


@routes.post(
    _PATH,
    **token("notifications.preferences.write", headers=[IDEMPOTENCY_KEY]),
    operation_id="giveChatAddress",
    status_code=201,
    response_model=ChatAddressView,
    responses=problems(400, 401, 403, 409, 413, 422, 429),
)
async def give(body: NewChatAddress, request: Request) -> Response:
    """Have an invitation and a code sent to an address; it is used once the code was given back."""
    reader, runtime = citizen_of(request), parts_of(request).runtime
    key = await runtime.persons.of(reader.person)

    async def effect(session: AsyncSession) -> Answer:
        made = await give_address(
            session, _desk(request), reader, body.address, language_of(request), key=key, now=now()
        )
        headers = {
            "ETag": entity_tag(made.row.version),
            "Location": f"{runtime.settings.public_url}{_PATH}/{made.row.id}",
            "Cache-Control": "no-store",
        }
        return Answer.of(_view(made), headers)

    call = idempotent_call(request, principal_of(request), await request.body())
    return await runtime.idempotency.once(call, effect)


@routes.post(
    _PATH + "/{chat_address_id}/confirmations",
    **token("notifications.preferences.write"),
    operation_id="confirmChatAddress",
    response_model=ChatAddressView,
    responses=problems(400, 401, 403, 404, 413, 422),
)
async def confirm(chat_address_id: UUID, body: ChatCodeBody, request: Request, response: Response) -> object:
    """Give the code back; after five wrong ones, or half an hour, the address is to be given again."""
    reader, runtime = citizen_of(request), parts_of(request).runtime
    key = await runtime.persons.of(reader.person)
    async with runtime.database.unit_of_work() as uow:
        row = await confirm_address(uow.session, _desk(request), reader, chat_address_id, body.code, now())
        await uow.commit()
    made = open_chat(right_code(row), key)
    response.headers.update({"ETag": entity_tag(made.row.version), "Cache-Control": "no-store"})
    return _view(made)


@routes.get(
    _PATH,
    **token("notifications.preferences.read"),
    operation_id="listChatAddresses",
    response_model=ChatAddressList,
    responses=problems(401, 403),
)
async def list_(request: Request, response: Response) -> object:
    """The caller's addresses: the one that is used, and the one that is to be confirmed."""
    reader, runtime = citizen_of(request), parts_of(request).runtime
    key = await runtime.persons.of(reader.person)
    async with runtime.database.reading() as session:
        found = await list_addresses(session, reader, key)
    response.headers["Cache-Control"] = "no-store"
    return ChatAddressList(items=[_view(each) for each in found])


@routes.get(
    _PATH + "/{chat_address_id}",
    **token("notifications.preferences.read", headers=[IF_NONE_MATCH]),
    operation_id="readChatAddress",
    response_model=ChatAddressView,
    responses=problems(401, 403, 404, 422) | NOT_MODIFIED,
)
async def read(chat_address_id: UUID, request: Request, response: Response) -> object:
    """One of the caller's addresses."""
    reader, runtime = citizen_of(request), parts_of(request).runtime
    key = await runtime.persons.of(reader.person)
    async with runtime.database.reading() as session:
        found = await read_address(session, reader, chat_address_id, key)
    tag = entity_tag(found.row.version)
    if not_modified(request, tag):
        return Response(status_code=304, headers={"ETag": tag})
    response.headers.update({"ETag": tag, "Cache-Control": "no-store"})
    return _view(found)


@routes.delete(
    _PATH + "/{chat_address_id}",
    **token("notifications.preferences.write", headers=[IF_MATCH]),
    operation_id="forgetChatAddress",
    status_code=204,
    responses=problems(401, 403, 404, 412, 422, 428),
)
async def forget(chat_address_id: UUID, request: Request) -> None:
    """Have nothing sent there any more; what waits for it does not go."""
    reader, version = citizen_of(request), required_version(request)
    async with parts_of(request).runtime.database.unit_of_work() as uow:
        await forget_address(uow.session, reader, chat_address_id, version=version)
        await uow.commit()


def _desk(request: Request) -> ChatDesk:
    parts = parts_of(request)
    return ChatDesk(parts.runtime.blind_index, parts.templates, parts.runtime.settings)


def _view(chat: OpenChat) -> ChatAddressView:
    row = chat.row
    return ChatAddressView(
        id=row.id,
        address=chat.address,
        state=chat.state,
        created_at=row.created_at,
        expires_at=row.expires_at,
        confirmed_at=row.confirmed_at,
        left_at=row.left_at,
    )
