# SPDX-License-Identifier: EUPL-1.2
"""From commit to effect: nothing lost, nothing twice, in order for each aggregate, whoever dies in between."""

import asyncio
import signal
import time

import pytest
from messaging_things import Things
from prometheus_client import REGISTRY

from parvis_kit.ids import uuid7
from parvis_kit.messaging.relay import Relay

pytestmark = pytest.mark.kafka


async def test_overlapping_acts_take_effect_once_and_in_order(things: Things) -> None:
    keys = [uuid7() for _ in range(10)]
    with things.process("relay"), things.process("relay"), things.process("consumer"):
        for _ in range(10):
            await asyncio.gather(*(things.act(key) for key in keys for _ in range(4)))
        await things.settle(400)
    assert await things.effects() == {key: list(range(1, 41)) for key in keys}


@pytest.mark.apache
@pytest.mark.parametrize(
    ("role", "place"), [("relay", "selected"), ("relay", "sent"), ("relay", "marked"), ("consumer", "handled")]
)
async def test_a_kill_anywhere_loses_and_doubles_nothing(things: Things, role: str, place: str) -> None:
    keys = [uuid7() for _ in range(5)]
    for key in keys * 3:
        await things.act(key)
    await things.act(uuid7(), "poison")
    other = "consumer" if role == "relay" else "relay"
    with things.process(other):
        with things.process(role, DIE_AT=place) as doomed:
            assert await asyncio.to_thread(doomed.wait, 60) == -signal.SIGKILL
        with things.process(role):
            for key in keys:
                await things.act(key)
            await things.settle(20)
            letters = await things.letters(1)
    assert await things.effects() == {key: [1, 2, 3, 4] for key in keys}
    assert len(letters) == 1


@pytest.mark.apache
async def test_members_that_come_and_go_share_the_work_without_loss_or_double(things: Things) -> None:
    keys = [uuid7() for _ in range(20)]
    with things.process("relay"), things.process("consumer"):
        with things.process("consumer"):
            for _ in range(10):
                await asyncio.gather(*(things.act(key) for key in keys))
            await asyncio.sleep(3)
        for _ in range(10):
            await asyncio.gather(*(things.act(key) for key in keys))
        await things.settle(400)
    assert await things.effects() == {key: list(range(1, 21)) for key in keys}


async def test_a_poison_event_goes_to_the_dead_letters_and_the_others_go_on(things: Things) -> None:
    good, bad = uuid7(), uuid7()
    await things.act(bad, "poison")
    await things.act(good)
    await things.act(bad)
    with things.process("relay"), things.process("consumer"):
        await things.settle(2)
    assert await things.effects() == {good: [1], bad: [2]}
    (letter,) = await things.letters(1)
    assert (letter["key"].decode(), letter["reason"]) == (str(bad), "poison")
    assert (letter["type"], letter["collectivity"]) == ("fr.parvis.test.poison.v1", "paris")


async def test_an_event_that_fails_for_now_holds_back_its_own_aggregate_alone(things: Things) -> None:
    stuck, free = uuid7(), uuid7()
    await things.pool.execute("INSERT INTO obstacle VALUES ($1)", stuck)
    with things.process("relay"), things.process("consumer"):
        for _ in range(3):
            await things.act(stuck)
            await things.act(free)
        await things.settle(3)
        await things.parked(3)
        assert await things.effects() == {free: [1, 2, 3]}
        await things.pool.execute("DELETE FROM obstacle")
        await things.settle(6)
    assert (await things.effects())[stuck] == [1, 2, 3]
    assert await things.pool.fetchval("SELECT count(*) FROM parked_event") == 0


async def test_a_record_that_is_no_event_stops_nobody(things: Things) -> None:
    from aiokafka import AIOKafkaProducer  # noqa: PLC0415

    producer = AIOKafkaProducer(bootstrap_servers=things.bootstrap)
    await producer.start()
    for value, headers in ((b"rubbish", []), (b"{}", [("ce_specversion", b"1.0")]), (None, [])):
        await producer.send_and_wait(things.topic, value, key=b"k", headers=headers)
    await producer.stop()
    key = uuid7()
    await things.act(key)
    with things.process("relay"), things.process("consumer"):
        await things.settle(1)
    assert await things.effects() == {key: [1]}


async def test_what_is_parked_is_measured(things: Things) -> None:
    key = uuid7()
    await things.pool.execute("INSERT INTO obstacle VALUES ($1)", key)
    relay = asyncio.create_task(Relay(things.url, things.bootstrap).run())
    try:
        with things.process("consumer"):
            for _ in range(3):
                await things.act(key)
            await measured("parvis_parked_aggregates", 1)
            await things.pool.execute("DELETE FROM obstacle")
            await measured("parvis_parked_aggregates", 0)
            await things.settle(3)
    finally:
        relay.cancel()
        await asyncio.gather(relay, return_exceptions=True)
    assert await things.effects() == {key: [1, 2, 3]}


async def measured(name: str, value: float, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while (found := REGISTRY.get_sample_value(name)) != value:
        assert time.monotonic() < deadline, found
        await asyncio.sleep(0.1)
