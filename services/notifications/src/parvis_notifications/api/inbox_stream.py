# SPDX-License-Identifier: EUPL-1.2
"""The inbox as a stream of server-sent events (WHATWG HTML, section 9.2)."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Final

from fastapi import Header
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from parvis_kit.logs import logger
from parvis_kit.web.operation import principal_of, problems, router, token
from parvis_notifications.api.alert_views import received_view
from parvis_notifications.api.context import parts_of, reader_of
from parvis_notifications.api.inbox_entries import inbox_view, told_entry
from parvis_notifications.api.schemas import InboxView
from parvis_notifications.api.views import message_view
from parvis_notifications.service.follow_inbox import FollowInbox, News, Patience

routes = router(tags=["inbox"])
# nginx keeps an answer back until its buffer is full, unless told otherwise.
_HEADERS: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
HEARTBEAT: Final = b": still here\n\n"
RECONNECT: Final = b"retry: 2000\n\n"
# For the last piece on its way to a slow client.
_MARGIN_SECONDS: Final = 5.0
# OpenAPI 3.1 has no word for a sequence: the schema is that of one event.
_EVENT: Final = {
    "type": "object",
    "properties": {
        "event": {"type": "string", "enum": ["message", "inbox", "alert", "news"]},
        "id": {"type": "string", "description": "For `Last-Event-ID`."},
        "data": {
            "type": "string",
            "description": "JSON: an InboxMessageView in a `message`, an InboxView in an `inbox`, a ReceivedAlertView"
            " in an `alert`, an InboxEntryView in a `news`.",
        },
    },
    "required": ["event", "id", "data"],
    "description": "One event of the stream.",
}
_log = logger(__name__)
LastEventId = Annotated[
    int | None,
    Header(alias="Last-Event-ID", ge=0, lt=2**62, description="The `id` of the last event that arrived."),
]


class EventStream(StreamingResponse):
    """Ends in time, also towards a client that does not read."""

    media_type = "text/event-stream"

    def __init__(self, events: AsyncGenerator[bytes, None], seconds: float) -> None:
        super().__init__(events, headers=_HEADERS)
        self._events = events
        self._seconds = seconds + _MARGIN_SECONDS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        async with asyncio.timeout(self._seconds), aclosing(self._events):
            await super().__call__(scope, receive, send)


@routes.get(
    "/v1/inbox",
    **token("notifications.messages.read"),
    operation_id="readInbox",
    response_model=InboxView,
    responses=problems(401, 403),
)
async def read(request: Request, response: Response) -> object:
    """How many messages, news and alerts of the caller are unread, and from where their stream goes on."""
    state = await _use_case(request).state(reader_of(request))
    response.headers.update({"Cache-Control": "no-store"})
    return _inbox(state)


@routes.get(
    "/v1/inbox-events",
    **token("notifications.messages.read", timeout=300),
    operation_id="followInbox",
    status_code=200,
    response_class=EventStream,
    responses=problems(401, 403, 409, 422) | {200: {"content": {EventStream.media_type: {"schema": _EVENT}}}},
)
async def follow(request: Request, last_event_id: LastEventId = None) -> Response:
    """Follow the inbox: `message` events as they come, and `inbox` events that count; it ends with the token.

    An `alert` that holds and of which the caller was told comes as well, at once, and at the beginning of each stream.
    What `news` come meanwhile is told once; what came before is counted, and in the list of entries.
    """
    reader, parts = reader_of(request), parts_of(request)
    settings = parts.runtime.settings
    parts.feed.check_room(reader)
    left = max(principal_of(request).expires - time.time(), 0.0)
    patience = Patience(min(settings.inbox_stream_seconds, left), settings.inbox_heartbeat_seconds)
    news = _use_case(request).follow(reader, last_event_id, patience)
    return EventStream(_events(news), patience.whole)


def _use_case(request: Request) -> FollowInbox:
    parts = parts_of(request)
    return FollowInbox(parts.runtime.database, parts.runtime.persons, parts.feed)


async def _events(stream: AsyncGenerator[News | None, None]) -> AsyncGenerator[bytes, None]:
    yield RECONNECT
    try:
        async with aclosing(stream):
            async for news in stream:
                yield HEARTBEAT if news is None else b"".join(_told(news))
    except Exception as error:  # noqa: BLE001 - the answer has begun: it can only end, and the client comes back
        _log.warning("inbox_stream_broken", error=type(error).__name__)


def _told(news: News) -> list[bytes]:
    events = [_event("message", message.row.position or 0, message_view(message)) for message in news.messages]
    alerts = [_event("alert", news.position, received_view(each)) for each in news.alerts]
    told = [_event("news", news.position, told_entry(each)) for each in news.entries]
    return [*events, *told, _event("inbox", news.position, _inbox(news)), *alerts]


def _inbox(state: News) -> InboxView:
    return inbox_view(state.unread, state.position)


def _event(name: str, position: int, data: BaseModel) -> bytes:
    return f"event: {name}\nid: {position}\ndata: {data.model_dump_json()}\n\n".encode()
