# SPDX-License-Identifier: EUPL-1.2
"""From an internal topic to the public one of its collectivity: what is offered, unchanged, in order, whoever dies."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import TopicAuthorizationFailedError
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic, ResourceType
from notifications_post import event, followed

from parvis_kit.messaging.consumer import Consumer
from parvis_kit.messaging.events import Event
from parvis_letters.burying import bury
from parvis_local.topics import create_topics
from parvis_notifications.consumers.public_topics import handlers
from parvis_notifications.outgoing import public_topics
from parvis_notifications.outgoing.public_topics import PublicTopics
from parvis_testing import Harness

pytestmark = pytest.mark.kafka
PUBLISHER = Path(__file__).parents[1] / "support" / "notifications_publisher.py"


@dataclass
class Square:
    """An internal topic of its own, two towns that no other test knows, and what comes out for them."""

    service: Harness
    bootstrap: str
    topic: str
    here: str
    there: str

    def public(self, town: str) -> str:
        return self.topic.replace("parvis.", f"parvis.public.{town}.", 1)

    def happened(self, town: str, key: UUID | None = None, sequence: int = 1, name: str = "submitted") -> Event:
        made = event(name, collectivity=town, sequence=sequence)
        return replace(made, topic=self.topic, key=key or made.key)

    async def tell(self, *events: Event) -> None:
        async with AIOKafkaProducer(bootstrap_servers=self.bootstrap, acks="all") as producer:
            for told in events:
                await producer.send_and_wait(
                    self.topic, told.value(), key=str(told.key).encode(), headers=told.headers()
                )

    @asynccontextmanager
    async def publishing(self) -> AsyncIterator[None]:
        async with PublicTopics(self.bootstrap) as topics:
            consumer = Consumer(
                f"public-{self.topic}",
                [self.topic],
                handlers(topics),
                bury,
                database=self.service.runtime.database,
                bootstrap_servers=self.bootstrap,
                fetch_max_wait_ms=5,
            )
            running = asyncio.create_task(consumer.run())
            try:
                yield
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)

    @contextmanager
    def process(self, **environment: str) -> Iterator["subprocess.Popen[bytes]"]:
        url = self.service.runtime.settings.database_url.get_secret_value()
        env = {**os.environ, "DATABASE_URL": url, "KAFKA_BOOTSTRAP_SERVERS": self.bootstrap, **environment}
        process = subprocess.Popen([sys.executable, str(PUBLISHER), self.topic], env=env)
        try:
            yield process
        finally:
            process.kill()
            process.wait(10)

    async def read(self, *topics: str, until: Sequence[Event], repeated: int = 0) -> list[Any]:
        """The records of these topics, up to when all those events have been seen, and so many a second time."""
        missing = {str(each.id).encode() for each in until}
        reader = AIOKafkaConsumer(*topics, bootstrap_servers=self.bootstrap, auto_offset_reset="earliest")
        seen: list[Any] = []
        async with asyncio.timeout(90), reader:
            while missing or len(seen) < len(until) + repeated:
                record = await reader.getone()
                seen.append(record)
                missing.discard(dict(record.headers)["ce_id"])
        return seen


@pytest.fixture
async def square(service: Harness, bootstrap: str) -> AsyncIterator[Square]:
    name = uuid4().hex[:8]
    made = Square(service, bootstrap, f"parvis.test.square-{name}.v1", f"here-{name}", f"there-{name}")
    if os.environ.get("KAFKA") == "apache":
        create_topics(bootstrap, [made.topic])
    yield made
    await service.clean()


async def test_each_town_has_its_own_events_as_they_were_told_and_nothing_that_is_not_offered(square: Square) -> None:
    ours, theirs, later = square.happened(square.here), square.happened(square.there), square.happened(square.here)
    private = replace(followed(square.service.citizen(), str(uuid4()), 1), topic=square.topic, collectivity=square.here)
    async with square.publishing():
        await square.tell(ours, private, theirs, later)
        records = await square.read(square.public(square.here), until=[ours, later])
        (other,) = await square.read(square.public(square.there), until=[theirs])
    told = {str(each.key).encode(): each for each in (ours, later)}
    assert {record.key for record in records} == set(told)
    for record in [*records, other]:
        origin = told.get(record.key, theirs)
        assert (record.key, record.value) == (str(origin.key).encode(), origin.value())
        assert dict(record.headers) == dict(origin.headers())


@pytest.mark.apache
async def test_a_new_collectivity_gets_a_topic_like_the_internal_one(square: Square) -> None:
    client = AdminClient({"bootstrap.servers": square.bootstrap})
    model = square.topic.replace("square", "model")
    own = {"retention.ms": "86400000", "max.message.bytes": "100000"}
    client.create_topics([NewTopic(model, 3, 1, config=own)])[model].result(30)
    square.topic = model
    first = square.happened(square.here)
    async with square.publishing():
        await square.tell(first)
        await square.read(square.public(square.here), until=[first])
    topic = square.public(square.here)
    assert len(client.list_topics(timeout=10).topics[topic].partitions) == 3
    (answer,) = client.describe_configs([ConfigResource(ResourceType.TOPIC, topic)]).values()
    assert {name: answer.result(10)[name].value for name in own} == own


@pytest.mark.apache
async def test_a_kill_after_a_sending_loses_nothing_and_repeats_under_the_same_id(square: Square) -> None:
    keys = [uuid4() for _ in range(3)]
    events = [square.happened(square.here, key, sequence) for sequence in (1, 2, 3) for key in keys]
    await square.tell(*events)
    with square.process(DIE_AFTER="4") as doomed:
        assert await asyncio.to_thread(doomed.wait, 60) == -signal.SIGKILL
    with square.process():
        # What was acknowledged before the kill, and not committed, comes again.
        records = await square.read(square.public(square.here), until=events, repeated=1)
    for key in keys:
        ids = [dict(record.headers)["ce_id"].decode() for record in records if record.key == str(key).encode()]
        assert list(dict.fromkeys(ids)) == [str(each.id) for each in events if each.key == key]


@pytest.mark.apache
async def test_where_kafka_makes_no_topic_its_events_wait_in_order_and_other_towns_go_on(
    square: Square, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refused(_brokers: object, _model: str, topic: str) -> None:
        raise TopicAuthorizationFailedError(topic)

    monkeypatch.setattr(public_topics, "make_like", refused)
    monkeypatch.setattr(public_topics, "_ABSENT_SECONDS", 0.5)
    monkeypatch.setattr(public_topics, "_LOOK_SECONDS", 0.5)
    key = uuid4()
    waiting = [square.happened(square.here, key, sequence) for sequence in (1, 2, 3)]
    others = [square.happened(square.there) for _ in range(3)]
    create_topics(square.bootstrap, [square.public(square.there)])
    async with square.publishing():
        await square.tell(waiting[0], others[0], *waiting[1:], *others[1:])
        await square.read(square.public(square.there), until=others)
        create_topics(square.bootstrap, [square.public(square.here)])
        records = await square.read(square.public(square.here), until=waiting)
    ids = dict.fromkeys(dict(record.headers)["ce_id"].decode() for record in records)
    assert list(ids) == [str(each.id) for each in waiting]
