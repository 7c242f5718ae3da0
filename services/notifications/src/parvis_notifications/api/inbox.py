# SPDX-License-Identifier: EUPL-1.2
"""The inbox of a citizen."""

from typing import Annotated, Final, Literal
from uuid import UUID

from fastapi import Body, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.cursor import CursorParameter, Limit, paged
from parvis_kit.web.etag import entity_tag, not_modified, required_version
from parvis_kit.web.operation import IF_MATCH, IF_NONE_MATCH, NOT_MODIFIED, problems, router, token
from parvis_notifications.api.context import now, parts_of, reader_of
from parvis_notifications.api.merge_patch import MERGE_PATCH, merge_patch_only
from parvis_notifications.api.schemas import InboxMessagePatch, InboxMessageView, InboxPage
from parvis_notifications.api.views import message_view
from parvis_notifications.service.inbox import count_messages, list_messages, mark_read, read_message

routes = router(tags=["inbox"])
_PRIVATE: Final = {"Cache-Control": "no-store"}
Unread = Annotated[bool, Query(description="Only the messages that were not read.")]
Count = Annotated[Literal["exact"] | None, Query(description="`exact`: count the whole list, too.")]


@routes.get(
    "/v1/inbox-messages",
    **token("notifications.messages.read"),
    operation_id="listInboxMessages",
    response_model=InboxPage,
    responses=problems(400, 401, 403, 404, 422),
)
async def list_(
    request: Request,
    response: Response,
    unread: Unread = False,  # noqa: FBT002 - a query parameter
    count: Count = None,
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> object:
    """The caller's own messages, newest first."""
    reader, runtime = reader_of(request), parts_of(request).runtime
    bound = [reader.collectivity, str(reader.person), unread]
    place = runtime.cursors.read(cursor, bound)
    async with runtime.database.reading() as session:
        found = await list_messages(
            session, reader, unread=unread, position=place, limit=limit, persons=runtime.persons
        )
        total = await count_messages(session, reader, unread=unread) if count else None
    response.headers.update(_PRIVATE)
    items = [message_view(message) for message in found.rows]
    write = runtime.cursors.write
    return paged(request, response, items, write(found.next, bound), write(found.previous, bound)) | {"count": total}


@routes.get(
    "/v1/inbox-messages/{message_id}",
    **token("notifications.messages.read", headers=[IF_NONE_MATCH]),
    operation_id="readInboxMessage",
    response_model=InboxMessageView,
    responses=problems(401, 403, 404, 422) | NOT_MODIFIED,
)
async def read(message_id: UUID, request: Request, response: Response) -> object:
    """One of the caller's own messages; looking at it does not mark it as read."""
    reader, runtime = reader_of(request), parts_of(request).runtime
    async with runtime.database.reading() as session:
        message = await read_message(session, reader, message_id, persons=runtime.persons)
    tag = entity_tag(message.row.version)
    headers = _PRIVATE | {"ETag": tag, "Content-Language": message.row.language}
    if not_modified(request, tag):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return message_view(message)


@routes.patch(
    "/v1/inbox-messages/{message_id}",
    **token("notifications.messages.write", headers=[IF_MATCH]),
    operation_id="markInboxMessage",
    dependencies=[Depends(merge_patch_only)],
    response_model=InboxMessageView,
    responses=problems(400, 401, 403, 404, 412, 413, 415, 422, 428),
)
async def mark(
    message_id: UUID,
    patch: Annotated[InboxMessagePatch, Body(media_type=MERGE_PATCH)],
    request: Request,
    response: Response,
) -> object:
    """Say that a message was read, or that it was not."""
    reader, runtime = reader_of(request), parts_of(request).runtime
    version = required_version(request)
    async with runtime.database.unit_of_work() as uow:
        message = await mark_read(
            uow.session, reader, message_id, patch.read_at, version=version, persons=runtime.persons, now=now()
        )
        await uow.commit()
    response.headers.update(_PRIVATE | {"ETag": entity_tag(message.row.version)})
    return message_view(message)
