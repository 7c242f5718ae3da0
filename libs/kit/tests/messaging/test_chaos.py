# SPDX-License-Identifier: EUPL-1.2
"""Whatever dies and when: each committed event is handled once by each consumer, in order for each key.

``make test-chaos`` runs it for five minutes by a new schedule each time; CHAOS_SECONDS and CHAOS_SEED choose another
length, and a schedule again. What was counted is printed.
"""

import os
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from messaging_chaos import Chaos
from messaging_database import messaging_database
from messaging_things import Things

from parvis_kit.ids import uuid7
from parvis_local.apache_kafka import ApacheKafka
from parvis_local.ports import free_port
from parvis_local.postgres import EmbeddedPostgres
from parvis_local.topics import create_topics

pytestmark = [pytest.mark.kafka, pytest.mark.apache]
SECONDS = float(os.environ.get("CHAOS_SECONDS", "10"))
SEED = int(os.environ.get("CHAOS_SEED", "1"))
RATE = 200
SETTLING_SECONDS = 240
# One consumer with two members, which share its partitions, and one that is alone.
CONSUMERS = {"chaos-pair": 2, "chaos-single": 1}


@pytest.fixture
async def chaos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Chaos]:
    # Of its own, for both are killed; at the same address after each start.
    postgres = EmbeddedPostgres(tmp_path / "postgres", log=tmp_path / "postgres.log", port=free_port())
    kafka = ApacheKafka(tmp_path / "kafka", tmp_path / "kafka.log")
    try:
        postgres.start()
        kafka.start()
        monkeypatch.setenv("PARVIS_TEST_POSTGRES", postgres.url())
        url, topic = await messaging_database("chaos"), f"parvis.test.{uuid4().hex[:8]}.v1"
        create_topics(kafka.bootstrap_servers, [topic])
        async with asyncpg.create_pool(url, min_size=2, max_size=20, timeout=10, command_timeout=10) as pool:
            things = Things(pool, url, kafka.bootstrap_servers, topic)
            running = Chaos(things, kafka, postgres, CONSUMERS, SEED)
            yield running
            running.stop()
    finally:
        kafka.stop()
        postgres.stop()


@pytest.mark.timeout(SECONDS + SETTLING_SECONDS + 150)
async def test_each_committed_event_is_handled_once_by_each_consumer_and_in_order(
    chaos: Chaos, capsys: pytest.CaptureFixture[str]
) -> None:
    pool = chaos.things.pool
    await chaos.run([uuid7() for _ in range(50)], SECONDS, RATE)
    committed = [(row["aggregate_id"], row["sequence"]) for row in await pool.fetch("SELECT * FROM outbox")]

    async def settled() -> bool:
        unsent = await pool.fetchval("SELECT count(*) FROM outbox WHERE sent_at IS NULL")
        handled = await pool.fetch("SELECT consumer, count(*) FROM effect GROUP BY consumer")
        return not unsent and {name: count for name, count in handled if count >= len(committed)}.keys() == set(
            CONSUMERS
        )

    said = f"CHAOS_SEED={SEED} killed {chaos.killed}"
    in_time = await chaos.supervised(settled, SETTLING_SECONDS)
    with capsys.disabled():
        print(await _counts(chaos, len(committed)), flush=True)  # noqa: T201 - to whoever let it run
    assert in_time, said
    assert set(chaos.known) <= set(committed), f"what was said to be done is gone: {said}"
    assert len(chaos.known) >= len(committed) * 0.9 > 0, said
    for consumer in CONSUMERS:
        rows = await pool.fetch("SELECT key, sequence FROM effect WHERE consumer = $1 ORDER BY place", consumer)
        handled = [(row["key"], row["sequence"]) for row in rows]
        assert (len(handled), set(handled)) == (len(committed), set(committed)), said
        for key in {key for key, _ in committed}:
            of_key = [sequence for each, sequence in handled if each == key]
            assert of_key == sorted(of_key), said
    assert await pool.fetchval("SELECT count(*) FROM parked_event") == 0, said
    assert {victim.partition(" ")[0] for victim in chaos.killed} >= {"relay", "kafka", "postgres"}, said


async def _counts(chaos: Chaos, committed: int) -> str:
    """Effects, and the events that they are of: one that is handled twice has two."""
    handled = "SELECT count(*), count(DISTINCT (key, sequence)) FROM effect WHERE consumer = $1"
    lines = [f"CHAOS_SEED={SEED}", f"events committed: {committed}, known to their callers: {len(chaos.known)}"]
    for consumer in CONSUMERS:
        effects, events = await chaos.things.pool.fetchrow(handled, consumer)
        lines.append(f"handled by {consumer}: {effects}, of them different: {events}")
    kills = Counter(chaos.killed)
    each = ", ".join(f"{name}: {kills[name]}" for name in sorted(kills))
    return "\n  ".join(["", *lines, f"killed: {kills.total()} ({each})"])
