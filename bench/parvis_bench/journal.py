# SPDX-License-Identifier: EUPL-1.2
"""Outbox rows by the million, made inside PostgreSQL like those that a request leaves, eight acts on each."""

import asyncio
import time
from typing import Final

import asyncpg

TOPIC: Final = "parvis.bench.backlog.v1"
_ACTS: Final = 8
# Identifiers grow as UUIDv7 does: milliseconds, version, variant, a number.
_ROWS: Final = """
INSERT INTO outbox (id, topic, aggregate_id, sequence, bucket, type, source, subject, collectivity, occurred_at, data,
    traceparent, sent_at)
SELECT (lpad(to_hex($2::bigint + n / 100), 12, '0') || '70008' || lpad(to_hex(n), 15, '0'))::uuid,
    $3, aggregate, n / $4 + 1, ('x' || right(aggregate::text, 1))::bit(4)::int,
    'fr.parvis.requests.request-submitted.v1', '/parvis/requests', aggregate::text, 'paris', now(),
    jsonb_build_object('request_id', aggregate, 'reference', 'R-2026-7KQ4-XM9', 'request_type', 'cartons',
        'collectivity', 'paris', 'team', 'proprete-centre', 'area', '7510402', 'author', gen_random_uuid(),
        'occurred_at', '2026-11-25T09:15:00.000Z', 'sequence', n / $4 + 1),
    '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', CASE WHEN $5 THEN now() END
FROM generate_series(0, $1::int - 1) AS n, LATERAL (SELECT md5('request ' || n % $4)::uuid AS aggregate) AS made
"""


def fill(url: str, events: int, *, sent: bool) -> None:
    """Put so many events into the outbox of a service, waiting or sent."""

    async def filling() -> None:
        connection = await asyncpg.connect(url)
        try:
            began = int(time.time() * 1_000) - events // 100
            await connection.execute(_ROWS, events, began, TOPIC, events // _ACTS, sent, timeout=600)
        finally:
            await connection.close()

    asyncio.run(filling())


def is_told(url: str) -> bool:
    """Whether nothing waits for the relay any more."""

    async def asking() -> bool:
        connection = await asyncpg.connect(url)
        try:
            return not await connection.fetchval("SELECT EXISTS (SELECT FROM outbox WHERE sent_at IS NULL)")
        finally:
            await connection.close()

    return asyncio.run(asking())
