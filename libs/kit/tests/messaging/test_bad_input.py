# SPDX-License-Identifier: EUPL-1.2
"""Whatever lies on a topic: no consumer is stopped by it, and nothing vanishes."""

import asyncio
import json
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from messaging_things import GROUP, Settings, Things, effect
from prometheus_client import REGISTRY

from parvis_kit.db.database import open_database
from parvis_kit.ids import uuid7
from parvis_kit.messaging.consumer import Consumer
from parvis_kit.messaging.events import MAX_BYTES
from parvis_kit.messaging.relay import Relay
from parvis_letters.burying import bury

pytestmark = pytest.mark.kafka

HEADERS: dict[str, str | bytes | None] = {
    "ce_specversion": "1.0",
    "ce_type": "fr.parvis.test.happened.v1",
    "ce_source": "/parvis/test",
    "ce_subject": "s",
    "ce_time": "2026-11-26T08:00:00.000Z",
    "ce_collectivity": "paris",
    "ce_sequence": "1",
    "content-type": "application/json",
}
STRUCTURED: dict[str, str | bytes | None] = {"content-type": "application/cloudevents+json; charset=UTF-8"}
DEAD: dict[str, tuple[bytes, Mapping[str, str | bytes | None], str]] = {
    "no JSON": (b"rubbish", HEADERS, "not an event of Parvis"),
    "no object": (b"[1]", HEADERS, "data is no object"),
    "no encoding": (b'{"a": "\xff"}', HEADERS, "not an event of Parvis"),
    "too deep": (b"[" * 20_000 + b"]" * 20_000, HEADERS, "not an event of Parvis"),
    "too much": (b'{"a": "' + b"x" * MAX_BYTES + b'"}', HEADERS, "too much data"),
    "no attributes": (b"{}", {}, "not an event of Parvis"),
    "another version of CloudEvents": (b"{}", HEADERS | {"ce_specversion": "2.0"}, "not CloudEvents 1.0"),
    "another content": (b"{}", HEADERS | {"content-type": "application/xml"}, "not JSON"),
    "another mode": (b'{"specversion": "1.0"}', STRUCTURED, "not JSON"),
    "no UTF-8": (b"{}", HEADERS | {"ce_subject": b"\xff"}, "not an event of Parvis"),
    "no text": (b"{}", HEADERS | {"ce_subject": "\0"}, "U+0000 in a header"),
    "no text in the first of two": (b"{}", {"ce_Subject": "\0"} | HEADERS, "U+0000 in a header"),
    "no value": (b"{}", HEADERS | {"ce_time": None}, "not an event of Parvis"),
    "no number": (b"{}", HEADERS | {"ce_sequence": "one"}, "not an event of Parvis"),
}
OTHER = {"unknown": "fr.parvis.test.unheard.v1", "newer": "fr.parvis.test.happened.v2"}


@asynccontextmanager
async def working(things: Things) -> AsyncIterator[None]:
    """Relay and consumer in this process, so that what they measure can be read."""
    settings = Settings(database_url=things.url, keystore_url=things.url, master_key=b64encode(bytes(32)).decode())
    async with open_database(settings, "consumer") as database:
        handlers = {"fr.parvis.test.happened.v1": effect}
        consumer = Consumer(
            GROUP + things.topic,
            [things.topic],
            handlers,
            bury,
            database=database,
            bootstrap_servers=things.bootstrap,
            fetch_max_wait_ms=5,
        )
        tasks = [asyncio.create_task(part.run()) for part in (consumer, Relay(things.url, things.bootstrap))]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def send(things: Things, records: list[tuple[bytes, bytes | None, Mapping[str, str | bytes | None]]]) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=things.bootstrap)
    await producer.start()
    for key, value, headers in records:
        named = {"ce_id": str(uuid7()), **headers} if headers else {}
        whole = [(name, text.encode() if isinstance(text, str) else text) for name, text in named.items()]
        await producer.send_and_wait(things.topic, value, key=key, headers=whole)
    await producer.stop()


def measured(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def counted(consumer: str, outcome: str) -> float:
    return measured("parvis_consumer_events_total", consumer=consumer, outcome=outcome)


async def until(condition: Callable[[], Any], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.1)


async def test_what_is_no_event_is_a_dead_letter_as_it_was_and_the_others_go_on(things: Things) -> None:
    name = GROUP + things.topic
    await send(things, [(kind.encode(), value, headers) for kind, (value, headers, _) in DEAD.items()])
    key = uuid7()
    await things.act(key)
    async with working(things):
        await things.settle(1, seconds=60)
        dead = {letter["key"].decode(): letter for letter in await things.letters(len(DEAD))}
        await until(lambda: measured("parvis_consumer_lag", consumer=name) == 0)
    assert await things.effects() == {key: [1]}
    assert dead.keys() == DEAD.keys()
    for kind, (value, headers, reason) in DEAD.items():
        assert dead[kind]["value"] == value, kind
        assert reason in dead[kind]["reason"], kind
        assert [name for name, _ in json.loads(dead[kind]["headers"])][1:] == list(headers), kind
        assert dead[kind]["collectivity"] == headers.get("ce_collectivity"), kind
    assert counted(name, "dead") == len(DEAD)


async def test_what_a_consumer_does_not_know_is_passed_over_and_counted(things: Things) -> None:
    name, unknown, key = GROUP + things.topic, str(uuid7()).encode(), uuid7()
    await send(things, [(unknown, b"{}", HEADERS | {"ce_type": type_}) for type_ in OTHER.values()])
    await things.act(key)
    async with working(things):
        await things.settle(1, seconds=60)
        await until(lambda: [counted(name, each) for each in ("newer", "passed_over", "handled")] == [1, 1, 1])
    assert await things.effects() == {key: [1]}
    assert counted(name, "dead") == 0


async def test_attempts_of_what_fails_for_now_are_measured(things: Things) -> None:
    key = uuid7()
    await things.pool.execute("INSERT INTO obstacle VALUES ($1)", key)
    async with working(things):
        await things.act(key)
        await until(lambda: measured("parvis_parked_attempts") >= 2)
        await things.pool.execute("DELETE FROM obstacle")
        await until(lambda: measured("parvis_parked_attempts") == 0)
    assert await things.effects() == {key: [1]}
