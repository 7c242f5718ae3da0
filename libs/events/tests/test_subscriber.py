# SPDX-License-Identifier: EUPL-1.2
"""From Kafka to effect: once each, in order, past what is no event, and again after a failure."""

import asyncio
import json
import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID, uuid4

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer

from parvis_events import Event
from parvis_events.inbox import PostgresInbox, SqliteInbox
from parvis_events.subscriber import Subscriber
from parvis_local.topics import create_topics

pytestmark = pytest.mark.kafka


@dataclass(frozen=True)
class Happened:
    TYPE: ClassVar[str] = "fr.parvis.test.happened.v1"
    TOPIC: ClassVar[str] = ""


@pytest.fixture
def model(bootstrap: str) -> type[Happened]:
    topic = f"parvis.test.{uuid4().hex}"
    if os.environ.get("KAFKA") == "apache":
        create_topics(bootstrap, [topic])
    return type("Happened", (Happened,), {"TOPIC": topic})


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "subscriber.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE effect (sequence integer)")
    return path


def record(sequence: int, id_: UUID | None = None, type_: str = Happened.TYPE) -> tuple[bytes, list[tuple[str, bytes]]]:
    attributes = {
        "specversion": "1.0", "id": str(id_ or uuid4()), "type": type_, "source": "/parvis/test", "subject": "one",
        "time": datetime.now(UTC).isoformat(), "collectivity": "paris", "sequence": str(sequence),
    }  # fmt: skip
    return json.dumps({"sequence": sequence}).encode(), [(f"ce_{n}", v.encode()) for n, v in attributes.items()]


async def send(bootstrap: str, model: type[Happened], *records: tuple[bytes, list[tuple[str, bytes]]]) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap)
    await producer.start()
    for value, headers in records:
        await producer.send_and_wait(model.TOPIC, value, key=b"one", headers=headers)
    await producer.stop()


@asynccontextmanager
async def running(subscriber: Subscriber) -> AsyncIterator[None]:
    task = asyncio.create_task(subscriber.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def effects(database: Path, wanted: int) -> list[int]:
    found: list[int] = []
    for _ in range(600):
        with closing(sqlite3.connect(database)) as connection:
            found = [row[0] for row in connection.execute("SELECT sequence FROM effect ORDER BY rowid")]
        if len(found) >= wanted:
            break
        await asyncio.sleep(0.1)
    await asyncio.sleep(0.5)  # for what should not come
    return found


async def happened(event: Event[Any], connection: sqlite3.Connection) -> None:
    connection.execute("INSERT INTO effect VALUES (?)", (event.sequence,))


async def test_each_event_takes_effect_once_and_rubbish_stops_nobody(
    bootstrap: str, model: type[Happened], database: Path
) -> None:
    twice = uuid4()
    rubbish: tuple[bytes, list[tuple[str, bytes]]] = (b"rubbish", [])
    await send(bootstrap, model, record(1), record(2, twice), rubbish, record(2, twice))
    await send(bootstrap, model, record(3, type_="fr.parvis.test.else.v1"), record(4))
    name = f"test-{uuid4().hex}"
    async with running(Subscriber(bootstrap, name, SqliteInbox(database), {model: happened})):
        assert await effects(database, 3) == [1, 2, 4]
    await send(bootstrap, model, record(5))
    async with running(Subscriber(bootstrap, name, SqliteInbox(database), {model: happened})):
        assert await effects(database, 4) == [1, 2, 4, 5], "it goes on where it stopped"


async def test_an_event_that_fails_leaves_nothing_and_is_tried_again_before_the_next(
    bootstrap: str, model: type[Happened], database: Path
) -> None:
    tried: list[int] = []

    async def stumbling(event: Event[Any], connection: sqlite3.Connection) -> None:
        tried.append(event.sequence)
        await happened(event, connection)
        if len(tried) < 4 and event.sequence == 2:
            raise ConnectionError("not now")

    await send(bootstrap, model, record(1), record(2), record(3))
    async with running(Subscriber(bootstrap, f"test-{uuid4().hex}", SqliteInbox(database), {model: stumbling})):
        assert await effects(database, 3) == [1, 2, 3]
    assert tried == [1, 2, 2, 2, 3]


async def failing(once: AbstractAsyncContextManager[Any]) -> None:
    async with once:
        raise ConnectionError


async def test_postgresql_remembers_in_the_transaction_of_the_effect() -> None:
    async with asyncpg.create_pool(os.environ["PARVIS_TEST_POSTGRES"], min_size=1, max_size=2) as pool:
        inbox = PostgresInbox(pool)
        await inbox.prepare()
        event: Any = Event(uuid4(), Happened.TYPE, "/parvis/test", "one", datetime.now(UTC), "paris", 1, {})
        with pytest.raises(ConnectionError):
            await failing(inbox.once("test", event))
        for fresh in (True, False):
            async with inbox.once("test", event) as transaction:
                assert (transaction is not None) is fresh
        await pool.execute("DROP TABLE parvis_inbox")
