# SPDX-License-Identifier: EUPL-1.2
"""From Kafka to a letter and back to its handler: kept once, handled once, in its place, whatever breaks between."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from aiokafka import AIOKafkaProducer
from messaging_things import GROUP, Settings, Things, effect, poisonous

from parvis_kit.db.database import Database, open_database
from parvis_kit.ids import uuid7
from parvis_kit.messaging.consumer import Consumer
from parvis_letters import schemas, settling
from parvis_letters.burying import bury
from parvis_letters.errors import DataError, LetterSettledError, NotMendableError
from parvis_letters.letter import Letter

pytestmark = pytest.mark.kafka
HAPPENED, POISON = "fr.parvis.test.happened.v1", "fr.parvis.test.poison.v1"
SCHEMA = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}


@asynccontextmanager
async def consuming(things: Things) -> AsyncIterator[Database]:
    settings = Settings(database_url=things.url, keystore_url=things.url, master_key=b64encode(bytes(32)).decode())
    async with open_database(settings, "consumer") as database:
        consumer = Consumer(
            GROUP + things.topic,
            [things.topic],
            {HAPPENED: effect, POISON: poisonous},
            bury,
            database=database,
            bootstrap_servers=things.bootstrap,
            fetch_max_wait_ms=5,
        )
        task = asyncio.create_task(consumer.run())
        try:
            yield database
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def send(things: Things, key: UUID, value: bytes, sequence: int, type_: str = HAPPENED, id_: Any = None) -> None:
    attributes = {
        "specversion": "1.0", "id": str(id_ or uuid7()), "type": type_, "source": "/parvis/test", "subject": str(key),
        "time": "2026-11-26T08:00:00.000Z", "collectivity": "paris", "sequence": str(sequence),
    }  # fmt: skip
    headers = [(f"ce_{name}", text.encode()) for name, text in attributes.items()]
    async with AIOKafkaProducer(bootstrap_servers=things.bootstrap, acks="all") as producer:
        await producer.send_and_wait(things.topic, value, key=str(key).encode(), headers=headers)


async def redriven(database: Database, letter: Any, data: dict[str, Any] | None = None) -> Letter:
    async with database.unit_of_work() as uow:
        done = await settling.redrive(uow.session, letter["id"], "somebody", now=datetime.now(UTC), data=data)
        await uow.commit()
    return done


async def none_parked(things: Things) -> None:
    async with asyncio.timeout(60):
        while await things.pool.fetchval("SELECT count(*) FROM parked_event"):  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.1)


async def test_a_mended_letter_is_handled_once_and_before_what_waits_of_its_key(
    things: Things, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schemas, "_schemas", lambda: {HAPPENED: SCHEMA})
    key, event = uuid7(), uuid7()
    await things.pool.execute("INSERT INTO obstacle VALUES ($1)", key)
    await send(things, key, b"rubbish", 7, id_=event)
    await send(things, key, b"{}", 8)
    async with consuming(things) as database:
        async with asyncio.timeout(60):
            while not await things.pool.fetchval("SELECT count(*) FROM parked_event"):  # noqa: ASYNC110 - likewise
                await asyncio.sleep(0.1)
        (letter,) = await things.letters(1)
        with pytest.raises(NotMendableError):
            await redriven(database, letter)
        for wrong in ({"n": "one"}, {}, {"n": 1, "collectivity": "lutece"}, {"n": 1, "sequence": 8}, {"n": "\ud800"}):
            with pytest.raises(DataError):
                await redriven(database, letter, wrong)
        done = await redriven(database, letter, {"n": 1})
        assert (done.state, done.mended, done.record.value) == ("redriven", b'{"n":1}', b"rubbish")
        with pytest.raises(LetterSettledError):
            await redriven(database, letter, {"n": 1})
        await things.pool.execute("DELETE FROM obstacle")
        await none_parked(things)
        assert await things.effects() == {key: [7, 8]}
        # The same event once more, otherwise broken: another letter, and its inbox knows it.
        await send(things, key, b"more rubbish", 7, id_=event)
        _, again = await things.letters(2)
        await redriven(database, again, {"n": 1})
        await none_parked(things)
    assert await things.effects() == {key: [7, 8]}


async def test_what_dies_again_is_another_letter_and_what_its_consumer_does_not_know_is_passed_over(
    things: Things, monkeypatch: pytest.MonkeyPatch
) -> None:
    unheard = "fr.parvis.test.unheard.v1"
    monkeypatch.setattr(schemas, "_schemas", lambda: {unheard: SCHEMA})
    await send(things, uuid7(), b"{}", 1, POISON)
    async with consuming(things) as database:
        for number in range(1, 4):
            letters = await things.letters(number)
            assert [letter["state"] for letter in letters] == ["redriven"] * (number - 1) + ["waiting"]
            assert {letter["reason"] for letter in letters} == {"poison"}
            with pytest.raises(NotMendableError, match="no such event type"):
                await redriven(database, letters[-1], {"n": 1})
            await redriven(database, letters[-1])
        await things.letters(4)
        await send(things, uuid7(), b"rubbish", 1, unheard)
        await redriven(database, (await things.letters(5))[-1], {"n": 1})
        await none_parked(things)
    assert len(await things.letters(5)) == 5
    assert await things.effects() == {}
