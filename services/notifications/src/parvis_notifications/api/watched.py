# SPDX-License-Identifier: EUPL-1.2
"""Figures that agents watch during an alert: asked for again and again, and answered 304 while they are the same."""

from collections.abc import Awaitable, Callable
from hashlib import sha256
from uuid import UUID

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.etag import not_modified
from parvis_notifications.api.context import agent_of, parts_of


async def watched(
    request: Request, alert_id: UUID, response: Response, count: Callable[[], Awaitable[BaseModel]]
) -> object:
    """The view, by an ETag of what is in it.

    Whoever says what they have already is told what was counted within the last second, once for all who watch; others
    how it stands now. Raises what ``count`` raises.
    """
    moments, key = parts_of(request).moments, (request.scope["route"].path, agent_of(request).collectivity, alert_id)
    watching = "if-none-match" in request.headers
    view = await (moments.recent(key, count) if watching else moments.fresh(key, count))
    headers = {
        "ETag": f'"{sha256(view.model_dump_json().encode()).hexdigest()[:32]}"',
        "Cache-Control": "private, no-cache",
    }
    if not_modified(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return view
