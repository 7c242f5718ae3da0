# SPDX-License-Identifier: EUPL-1.2
"""The journal's end is dropped day by day, but for what nobody was told yet."""

import asyncio
import os
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
from messaging_things import Things

from parvis_kit.ids import uuid7
from parvis_kit.messaging.relay import Relay

pytestmark = pytest.mark.kafka


async def old_day(things: Things, days: int, *, sent: bool) -> str:
    """A partition of so many days ago, with an event that was sent, or was not."""
    day = datetime.now(UTC).date() - timedelta(days=days)
    name, after = f"outbox_{day:%Y%m%d}", day + timedelta(days=1)
    superuser = urlsplit(os.environ["PARVIS_TEST_POSTGRES"])
    owner = await asyncpg.connect(urlunsplit(superuser._replace(path=urlsplit(things.url).path)))
    await owner.execute(f"CREATE TABLE {name} PARTITION OF outbox FOR VALUES FROM ('{day}') TO ('{after}')")
    await owner.execute(f"ALTER TABLE {name} OWNER TO {await owner.fetchval(_OWNER)}")
    await owner.close()
    key = uuid7()
    await things.act(key)
    move = "UPDATE outbox SET day = $1, sent_at = CASE WHEN $2 THEN now() END WHERE aggregate_id = $3"
    await things.pool.execute(move, day, sent, key)
    return name


_OWNER = "SELECT tableowner FROM pg_tables WHERE tablename = 'outbox'"


async def stands(things: Things, name: str) -> bool:
    return await things.pool.fetchval("SELECT to_regclass($1)", name) is not None


async def test_a_day_past_its_retention_goes_and_one_with_an_unsent_event_stays(things: Things) -> None:
    gone, unsent = await old_day(things, 100, sent=True), await old_day(things, 99, sent=False)
    young = await old_day(things, 80, sent=True)
    assert await things.pool.fetchval("SELECT outbox_drop_days(90)") == 1
    assert [await stands(things, name) for name in (gone, unsent, young)] == [False, True, True]
    assert await things.pool.fetchval("SELECT count(*) FROM outbox") == 2


async def records(things: Things) -> list[str]:
    return [row["key"] for row in await things.pool.fetch("SELECT key FROM idempotency_record ORDER BY key")]


async def test_the_relay_drops_what_is_past_its_retention_and_makes_days_ahead(things: Things) -> None:
    gone, young = await old_day(things, 9, sent=True), await old_day(things, 3, sent=True)
    await things.pool.execute(
        "INSERT INTO idempotency_record (caller, operation, key, body_hash, answer, created_at)"
        " SELECT '', '', hours, '', '', now() - hours::int * interval '1 hour' FROM unnest(ARRAY['23', '25']) hours"
    )
    ahead = f"outbox_{datetime.now(UTC).date() + timedelta(days=14):%Y%m%d}"
    relay = asyncio.create_task(Relay(things.url, things.bootstrap, retention_days=7).run())
    try:
        deadline = time.monotonic() + 60
        while await stands(things, gone) or len(await records(things)) > 1:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.1)
    finally:
        relay.cancel()
        await asyncio.gather(relay, return_exceptions=True)
    assert await stands(things, young)
    assert await stands(things, ahead)
    assert await records(things) == ["23"]
