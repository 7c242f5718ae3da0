# SPDX-License-Identifier: EUPL-1.2
"""The log of events for systems that take nothing in: to be asked for, or as a stream of server-sent events."""

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Final

from fastapi import Header, Query
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.logs import logger
from parvis_kit.web.cursor import Limit
from parvis_kit.web.operation import principal_of, problems, router, token
from parvis_kit.web.types import Instant
from parvis_notifications.api.context import parts_of, subscriber_of
from parvis_notifications.api.event_schemas import EventListView
from parvis_notifications.api.inbox_stream import HEARTBEAT, RECONNECT, EventStream
from parvis_notifications.db.event_log import Filter, Stretch
from parvis_notifications.domain.webhook import PublicEvent
from parvis_notifications.service.follow_inbox import Patience

routes = router(tags=["events"])
_POSITION: Final = r"^[0-9]{1,18}$"
_CODE: Final = r"^[a-z][a-z0-9-]{0,63}$"
_EVENT: Final = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "description": "For `Last-Event-ID`, and `after`."},
        "data": {"type": "string", "description": "JSON: an EventView."},
    },
    "required": ["id", "data"],
    "description": "One event of the stream.",
}
_log = logger(__name__)
Types = Annotated[
    list[PublicEvent] | None, Query(alias="type", max_length=50, description="Only events of these types.")
]
RequestTypes = Annotated[
    list[Annotated[str, Query(pattern=_CODE)]] | None,
    Query(alias="request_type", max_length=200, description="Only events about requests of these types."),
]
Areas = Annotated[
    list[Annotated[str, Query(pattern=_CODE)]] | None,
    Query(alias="area", max_length=200, description="Only events about requests in these areas."),
]
After = Annotated[
    str | None, Query(pattern=_POSITION, description="The `last_event_id` of the call before; absent: the oldest kept.")
]
Since = Annotated[
    Instant | None, Query(alias="created_after", description="Instead of `after`: what was told then and later.")
]
LastEventId = Annotated[
    str | None, Header(alias="Last-Event-ID", pattern=_POSITION, description="The `id` of the last event that arrived.")
]


@routes.get(
    "/v1/events",
    **token("notifications.events.read"),
    operation_id="listEvents",
    response_model=EventListView,
    responses=problems(401, 403, 422),
)
async def list_(
    request: Request,
    limit: Limit = 20,
    after: After = None,
    since: Since = None,
    types: Types = None,
    request_types: RequestTypes = None,
    areas: Areas = None,
) -> Response:
    """What happened in the calling system's collectivity, oldest first, as far back as webhooks are kept."""
    collectivity, log = subscriber_of(request).collectivity, parts_of(request).event_log
    position = int(after or 0) if since is None else await log.before(collectivity, since)
    stretch = await log.after(collectivity, position, _filter(types, request_types, areas), limit)
    return Response(_page(stretch), 200, {"Cache-Control": "no-store"}, "application/json")


@routes.get(
    "/v1/event-stream",
    **token("notifications.events.read", timeout=300),
    operation_id="followEvents",
    status_code=200,
    response_class=EventStream,
    responses=problems(401, 403, 422) | {200: {"content": {EventStream.media_type: {"schema": _EVENT}}}},
)
async def follow(
    request: Request,
    last_event_id: LastEventId = None,
    after: After = None,
    types: Types = None,
    request_types: RequestTypes = None,
    areas: Areas = None,
) -> Response:
    """The same as it happens, from after the last event that arrived; the stream ends with the token."""
    subscriber, parts = subscriber_of(request), parts_of(request)
    settings = parts.runtime.settings
    parts.event_streams.check_room()
    left = max(principal_of(request).expires - time.time(), 0.0)
    patience = Patience(min(settings.inbox_stream_seconds, left), settings.inbox_heartbeat_seconds)
    wanted = _filter(types, request_types, areas)
    stretches = parts.event_streams.follow(subscriber.collectivity, int(last_event_id or after or 0), wanted, patience)
    return EventStream(_events(stretches), patience.whole)


def _filter(types: list[PublicEvent] | None, request_types: list[str] | None, areas: list[str] | None) -> Filter:
    return Filter(list(types or PublicEvent), request_types, areas)


def _page(stretch: Stretch) -> bytes:
    # The events are JSON already, the very bytes that webhooks bear.
    items = b",".join(content for _, content in stretch.events)
    more = b"true" if stretch.reached < stretch.last else b"false"
    return b'{"items":[%b],"last_event_id":"%d","more":%b}' % (items, stretch.reached, more)


async def _events(stretches: AsyncGenerator[Stretch | None, None]) -> AsyncGenerator[bytes, None]:
    yield RECONNECT
    try:
        async with aclosing(stretches):
            async for stretch in stretches:
                yield (
                    HEARTBEAT
                    if stretch is None
                    else b"".join(b"id: %d\ndata: %b\n\n" % event for event in stretch.events)
                )
    except Exception as error:  # noqa: BLE001 - the answer has begun: it can only end, and the client comes back
        _log.warning("event_stream_broken", error=type(error).__name__)
