# SPDX-License-Identifier: EUPL-1.2
"""A large backlog: each batch of it costs what the batch costs, however much waits behind it."""

import json
from typing import Any

from messaging_things import Things

from parvis_kit.messaging.relay import _BATCH, _SELECT

WAITING = 20_000
FILL = """
INSERT INTO outbox (id, topic, aggregate_id, sequence, bucket, type, source, subject, collectivity, occurred_at, data)
SELECT gen_random_uuid(), 'parvis.test.backlog.v1', gen_random_uuid(), 1, n % 16, 'fr.parvis.test.happened.v1',
    '/parvis/test', 'one', 'paris', now(), '{}' FROM generate_series(1, $1::int) AS n
"""


def rows_read(plan: dict[str, Any]) -> float:
    """How many rows the scans of tables gave."""
    own = plan["Actual Rows"] * plan["Actual Loops"] if "Relation Name" in plan else 0
    return float(own) + sum(map(rows_read, plan.get("Plans", [])))


async def test_a_batch_of_a_large_backlog_reads_no_more_than_itself(things: Things) -> None:
    await things.pool.execute(FILL, WAITING)
    explained = await things.pool.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {_SELECT}", list(range(16)))
    (found,) = json.loads(explained)
    assert found["Plan"]["Actual Rows"] == _BATCH
    assert rows_read(found["Plan"]) < WAITING / 2
