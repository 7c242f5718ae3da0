# SPDX-License-Identifier: EUPL-1.2
"""Many webhooks at once: what one of them costs does not grow with those that wait behind it."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from notifications_post import Post
from notifications_servers import Receiver

from parvis_notifications.db.webhook_deliveries import _CLAIM

RUSH = """
WITH event AS (
    INSERT INTO webhook_event
        (id, collectivity, event_id, event_source, event_type, lane, sequence, content, created_at)
    SELECT gen_random_uuid(), 'paris', gen_random_uuid(), '/parvis/requests', 'fr.parvis.requests.request-taken.v1',
        gen_random_uuid(), 1, '', now()
    FROM generate_series(1, 2000) RETURNING id, lane
)
INSERT INTO webhook_delivery (id, collectivity, subscription_id, event_id, lane, sequence, state, attempts, due_at,
    created_at)
SELECT gen_random_uuid(), 'paris', $1, event.id, event.lane, 1, 'pending', 0, now(), now() FROM event
"""


async def test_what_is_claimed_of_a_rush_is_found_without_looking_through_it(post: Post, receiver: Receiver) -> None:
    """Also before the planner has heard of it: the first of a lane is where its index begins."""
    # Nothing is known of a table that was just made; of one that other tests emptied it may be that it is small.
    superuser = await asyncpg.connect(post.service.superuser_url)
    await superuser.execute("TRUNCATE webhook_delivery, webhook_event CASCADE")
    await superuser.close()
    made = await post.subscribe(post.service.system(), f"{receiver.url}/events")
    subscription = made.json()
    pool = post.service.runtime.database.pool
    await pool.execute(RUSH, UUID(subscription["id"]))
    claim = [uuid4(), UUID(subscription["id"]), timedelta(seconds=30), 4]
    (found,) = json.loads(await pool.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {_CLAIM}", *claim))
    assert found["Plan"]["Actual Rows"] == 4
    assert rows_read(found["Plan"]) < 100


def rows_read(plan: dict[str, Any]) -> float:
    """How many rows the scans of tables gave or put aside."""
    own = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0) if "Relation Name" in plan else 0
    return float(own * plan["Actual Loops"]) + sum(map(rows_read, plan.get("Plans", [])))
