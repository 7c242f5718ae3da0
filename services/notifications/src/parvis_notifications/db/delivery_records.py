# SPDX-License-Identifier: EUPL-1.2
"""What became of a collectivity's deliveries, in the order in which they were made; nobody is named."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from parvis_notifications.domain.topic import OWN_ENTRY, outward

_PIECE: Final = 1_000
_TEMPLATE: Final = "CASE m.template {} ELSE m.template END".format(
    " ".join(f"WHEN '{each}' THEN '{outward(each)}'" for each in sorted(OWN_ENTRY))
)
_RECORDS: Final = f"""
SELECT d.id, d.message_id, {_TEMPLATE} AS template, d.channel, d.state, d.attempts, d.provider, d.created_at, d.sent_at,
    d.delivered_at, d.bounced_at, d.report_status, d.segments, d.cost_millicents, d.delayed_at, d.last_reply
FROM delivery d JOIN message m ON m.id = d.message_id
WHERE d.collectivity = $1 AND d.created_at < $3 AND (d.created_at, d.id) > ($2, $4)
ORDER BY d.created_at, d.id LIMIT $5
"""
# Whoever an audience has had no way to is in it as well.
_OF_MANY: Final = """
WITH r AS (
    SELECT number, subscriber_id FROM recipient WHERE broadcast_id = $1 AND subscriber_id > $2
    ORDER BY subscriber_id LIMIT $3)
SELECT r.number AS recipient, r.subscriber_id, d.channel, d.state, d.attempts, d.provider, d.sent_at, d.delivered_at,
    d.bounced_at, d.report_status, d.segments, d.cost_millicents, d.delayed_at, d.last_reply
FROM r LEFT JOIN broadcast_delivery d ON d.recipient = r.number ORDER BY r.subscriber_id, d.channel
"""
_FIGURES: Final = f"""
SELECT d.channel, {_TEMPLATE} AS template, d.state, count(*) AS deliveries, sum(d.segments) AS segments,
    sum(d.cost_millicents) AS cost_millicents
FROM delivery d JOIN message m ON m.id = d.message_id
WHERE d.collectivity = $1 AND d.created_at >= $2 AND d.created_at < $3
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""


@dataclass(frozen=True, slots=True)
class Span:
    """The deliveries of a collectivity that were made from one instant on and before another one."""

    collectivity: str
    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Figure:
    """How many deliveries of one channel and template came to one state, and what they took."""

    channel: str
    template: str
    state: str
    deliveries: int
    segments: int | None
    cost_millicents: int | None


async def records(pool: "asyncpg.Pool[Any]", span: Span) -> AsyncIterator[Sequence[Any]]:
    """All of them in pieces, each read by itself: a slow reader holds no connection."""
    at, last = span.begins_at, UUID(int=0)
    while True:
        piece = await pool.fetch(_RECORDS, span.collectivity, at, span.ends_at, last, _PIECE)
        if piece:
            yield piece
        if len(piece) < _PIECE:
            return
        at, last = piece[-1]["created_at"], piece[-1]["id"]


async def records_of_many(pool: "asyncpg.Pool[Any]", broadcast: UUID) -> AsyncIterator[Sequence[Any]]:
    """Those of each recipient of one broadcast, in pieces as well."""
    last = UUID(int=0)
    while True:
        piece = await pool.fetch(_OF_MANY, broadcast, last, _PIECE)
        if not piece:
            return
        yield piece
        last = piece[-1]["subscriber_id"]


async def figures(pool: "asyncpg.Pool[Any]", span: Span) -> list[Figure]:
    """Them counted."""
    return [Figure(**row) for row in await pool.fetch(_FIGURES, span.collectivity, span.begins_at, span.ends_at)]
