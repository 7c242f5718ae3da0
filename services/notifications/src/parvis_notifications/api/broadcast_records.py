# SPDX-License-Identifier: EUPL-1.2
"""What became of a piece of news or an alert with each of those whom it was for, as a file; nobody is named."""

from collections.abc import AsyncIterator
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from parvis_kit.web.operation import problems, router, token
from parvis_notifications.api.context import agent_of, parts_of
from parvis_notifications.api.delivery_records import CSV, PRIVATE, csv_cell, csv_line
from parvis_notifications.db import broadcast_standings
from parvis_notifications.db.delivery_records import records_of_many
from parvis_notifications.domain.broadcast import PartState, part_finality
from parvis_notifications.domain.errors import NotFoundError

routes = router(tags=["deliveries"])
COLUMNS: Final = (
    "recipient", "channel", "state", "finality", "attempts", "provider", "last_reply", "sent_at", "delivered_at",
    "delayed_at", "bounced_at", "report_status", "segments", "cost_millicents",
)  # fmt: skip


@routes.get(
    "/v1/broadcasts/{broadcast_id}/delivery-records",
    **token("notifications.deliveries.read", timeout=300),
    operation_id="exportBroadcastRecords",
    response_class=Response,
    responses=problems(401, 403, 404, 422) | {200: {"content": {CSV: {"schema": {"type": "string"}}}}},
)
async def export(broadcast_id: UUID, request: Request) -> Response:
    """Each recipient of a piece of news or an alert by each channel as a line of CSV (RFC 4180), without who that is.

    Whoever could be told by no channel is a line without one.
    """
    runtime, collectivity = parts_of(request).runtime, agent_of(request).collectivity
    async with runtime.database.reading() as session:
        if await broadcast_standings.issued(session, collectivity, broadcast_id) is None:
            raise NotFoundError

    clock = runtime.settings.clock(collectivity)

    async def lines() -> AsyncIterator[str]:
        yield csv_line(COLUMNS)
        async for piece in records_of_many(runtime.database.pool, broadcast_id):
            yield "".join(csv_line(_cells(row, clock)) for row in piece)

    name = f"{collectivity}-broadcast-{broadcast_id}.csv"
    headers = PRIVATE | {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(lines(), headers=headers, media_type=f"{CSV}; charset=utf-8; header=present")


def _cells(row: Any, clock: ZoneInfo) -> list[str]:
    state = row["state"] and PartState(row["state"])
    told = {**row, "finality": state and part_finality(state)}
    return [csv_cell(told[name], clock) for name in COLUMNS]
