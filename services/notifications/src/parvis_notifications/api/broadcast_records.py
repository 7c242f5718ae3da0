# SPDX-License-Identifier: EUPL-1.2
"""What became of a piece of news or an alert with each of those whom it was for, as a file; nobody is named."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, Final
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.operation import problems, router, token
from parvis_notifications.api.context import agent_of, parts_of
from parvis_notifications.api.record_files import CSV, FileFormat, Kind, Recorded, RecordedAttempt, RecordFile
from parvis_notifications.db import broadcast_standings, recorded_attempts
from parvis_notifications.db.delivery_records import records_of_many
from parvis_notifications.domain.broadcast import PartState, part_finality
from parvis_notifications.domain.delivery import Finality
from parvis_notifications.domain.errors import NotFoundError
from parvis_notifications.domain.topic import Channel

routes = router(tags=["deliveries"])
COLUMNS: Final = (
    "recipient", "channel", "state", "finality", "attempts", "provider", "last_reply", "sent_at", "delivered_at",
    "delayed_at", "bounced_at", "report_status", "segments", "cost_millicents",
)  # fmt: skip


class BroadcastRecord(BaseModel):
    """One recipient of a piece of news or an alert by one channel, or by none: then all others are null."""

    recipient: int = Field(description="A number that says nothing of who it is.")
    channel: Channel | None
    state: PartState | None
    finality: Finality | None
    attempts: int | None
    provider: str | None
    last_reply: str | None
    sent_at: AwareDatetime | None
    delivered_at: AwareDatetime | None
    delayed_at: AwareDatetime | None
    bounced_at: AwareDatetime | None
    report_status: str | None
    segments: int | None
    cost_millicents: int | None
    attempt_log: list[RecordedAttempt] = Field(description="The oldest first.")


class BroadcastRecords(BaseModel):
    """All whom a piece of news or an alert was for."""

    items: list[BroadcastRecord]


@routes.get(
    "/v1/broadcasts/{broadcast_id}/delivery-records",
    **token("notifications.deliveries.read", timeout=300),
    operation_id="exportBroadcastRecords",
    response_class=Response,
    responses=problems(401, 403, 404, 422)
    | {200: {"model": BroadcastRecords, "content": {CSV: {"schema": {"type": "string"}}}}},
)
async def export(broadcast_id: UUID, request: Request, kind: Kind = FileFormat.CSV) -> Response:
    """Each recipient of a piece of news or an alert by each channel as a line of CSV (RFC 4180), without who that is.

    Or each attempt at it, or all that as JSON. Whoever could be told by no channel is a line without one. Cells that a
    spreadsheet would take for a formula begin with an apostrophe.
    """
    runtime, collectivity = parts_of(request).runtime, agent_of(request).collectivity
    async with runtime.database.reading() as session:
        if await broadcast_standings.issued(session, collectivity, broadcast_id) is None:
            raise NotFoundError
    pool = runtime.database.pool

    async def pieces() -> AsyncIterator[Sequence[Recorded]]:
        async for piece in records_of_many(pool, broadcast_id):
            people = [] if kind is FileFormat.CSV else [row["recipient"] for row in piece]
            attempts = await recorded_attempts.of_many(pool, people) if people else {}
            yield [Recorded(_told(row), attempts.get((row["recipient"], row["channel"]), ())) for row in piece]

    name, clock = f"{collectivity}-broadcast-{broadcast_id}", runtime.settings.clock(collectivity)
    return RecordFile(name, COLUMNS, BroadcastRecord, clock).answer(kind, pieces())


def _told(row: Any) -> dict[str, Any]:
    state = row["state"] and PartState(row["state"])
    return {**row, "finality": state and part_finality(state)}
