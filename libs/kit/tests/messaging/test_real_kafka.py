# SPDX-License-Identifier: EUPL-1.2
"""What only a real Kafka does: it moves partitions, sets offsets back, drops, compacts, and bounds what it takes."""

import asyncio
import time
from collections.abc import Callable

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from confluent_kafka import ConsumerGroupTopicPartitions, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, NewPartitions
from messaging_things import GROUP, Things

from parvis_kit.ids import uuid7
from parvis_local.topics import create_topics

pytestmark = [pytest.mark.kafka, pytest.mark.apache]
SECONDS = 60.0
# Segments are small and soon closed: only closed ones are dropped or compacted.
NEWEST = b"newest"
SOON = {"segment.ms": "200", "file.delete.delay.ms": "0"}


async def test_three_members_share_the_work_while_one_is_killed(things: Things) -> None:
    keys = [uuid7() for _ in range(20)]
    with things.process("relay"), things.process("consumer"), things.process("consumer"):
        with things.process("consumer") as doomed:
            await _members(things, 3)
            for _ in range(5):
                await asyncio.gather(*(things.act(key) for key in keys))
            doomed.kill()
        for _ in range(5):
            await asyncio.gather(*(things.act(key) for key in keys))
        await things.settle(200, seconds=90)
    assert await things.effects() == {key: list(range(1, 11)) for key in keys}


async def test_more_partitions_in_the_middle_lose_and_double_nothing(things: Things) -> None:
    keys = [uuid7() for _ in range(20)]
    client = AdminClient({"bootstrap.servers": things.bootstrap})
    with things.process("relay"), things.process("consumer"):
        for _ in range(3):
            await asyncio.gather(*(things.act(key) for key in keys))
        await things.settle(60)
        client.create_partitions([NewPartitions(things.topic, 7)])[things.topic].result(SECONDS)
        await until(lambda: len(client.list_topics(timeout=10).topics[things.topic].partitions) == 7)
    # Clients that have just started see all partitions at once; those that run look every five minutes.
    with things.process("relay"), things.process("consumer"):
        for _ in range(3):
            await asyncio.gather(*(things.act(key) for key in keys))
        await things.settle(120)
    assert await things.effects() == {key: list(range(1, 7)) for key in keys}


async def test_offsets_set_back_repeat_no_effect(things: Things) -> None:
    keys = [uuid7() for _ in range(5)]
    group = GROUP + things.topic
    with things.process("relay"):
        for key in keys * 3:
            await things.act(key)
        with things.process("consumer"):
            await things.settle(15)
        client = AdminClient({"bootstrap.servers": things.bootstrap})
        back = [TopicPartition(things.topic, partition, 0) for partition in range(4)]
        await _set_offsets(client, ConsumerGroupTopicPartitions(group, back))
        for key in keys:
            await things.act(key)
        with things.process("consumer"):
            await things.settle(20)
    assert await things.effects() == {key: [1, 2, 3, 4] for key in keys}


async def test_the_largest_record_that_kafka_takes_stops_nobody_and_is_kept(things: Things) -> None:
    key, huge = uuid7(), b'{"much":"' + b"x" * 1_048_400 + b'"}'
    headers = [("ce_specversion", b"1.0"), ("ce_type", b"fr.parvis.test.happened.v1")]
    async with AIOKafkaProducer(bootstrap_servers=things.bootstrap, max_request_size=2_097_152) as producer:
        await producer.send_and_wait(things.topic, huge, key=str(key).encode(), headers=headers)
    await things.act(key)
    with things.process("relay"), things.process("consumer"):
        await things.settle(1)
        (letter,) = await things.letters(1)
    assert letter["value"] == huge
    assert await things.effects() == {key: [1]}


async def test_of_a_compacted_topic_the_last_of_each_key_is_left_and_none_of_a_removed_one(bootstrap: str) -> None:
    topic = f"parvis.test.state-{uuid7().hex[-8:]}.v1"
    soon = {"min.cleanable.dirty.ratio": "0.01", "delete.retention.ms": "0", "max.compaction.lag.ms": "500"}
    create_topics(bootstrap, [topic], partitions=1, config=SOON | soon | {"cleanup.policy": "compact"})
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all") as producer:
        for key, value in ((b"a", b"1"), (b"b", b"1"), (b"a", b"2"), (b"b", None), (b"a", b"3")):
            await producer.send_and_wait(topic, value, key=key)
        deadline = time.monotonic() + SECONDS
        while (left := await _left(bootstrap, topic)) != [(b"a", b"3")]:
            assert time.monotonic() < deadline, left
            # The newest segment is never looked at: something newer closes it.
            await producer.send_and_wait(topic, b"-", key=NEWEST)


async def test_what_has_had_its_time_is_dropped_and_a_consumer_goes_on_with_the_rest(things: Things) -> None:
    create_topics(things.bootstrap, [things.topic], config=SOON | {"retention.ms": "500"})
    old, new = uuid7(), uuid7()
    await things.act(old)
    with things.process("relay"):
        await things.settle(0)
        deadline = time.monotonic() + SECONDS
        while await _left(things.bootstrap, things.topic):
            assert time.monotonic() < deadline, "it is still there"
            await asyncio.sleep(0.2)
        create_topics(things.bootstrap, [things.topic], config={"retention.ms": "-1"})
        await things.act(new)
        with things.process("consumer"):
            await things.settle(1)
    assert await things.effects() == {new: [1]}


async def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.1)


async def _members(things: Things, number: int) -> None:
    """Wait until the group has so many members, and each has partitions."""
    client, group = AdminClient({"bootstrap.servers": things.bootstrap}), GROUP + things.topic

    def sharing() -> int:
        try:
            answer = client.describe_consumer_groups([group])[group].result(SECONDS)
        except KafkaException:
            return 0
        return sum(bool(member.assignment.topic_partitions) for member in answer.members)

    await until(lambda: sharing() == number)


async def _set_offsets(client: AdminClient, wanted: ConsumerGroupTopicPartitions) -> None:
    """Kafka refuses while a member that was killed still counts as one."""
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            (answer,) = client.alter_consumer_group_offsets([wanted]).values()
            answer.result(SECONDS)
        except Exception:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.5)
        else:
            return


async def _left(bootstrap: str, topic: str) -> list[tuple[bytes, bytes | None]]:
    """What a reader from the beginning finds, without what only closed a segment."""
    reader = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    found = []
    async with asyncio.timeout(SECONDS), reader:
        ends = await reader.end_offsets(reader.assignment())
        while any([await reader.position(place) < end for place, end in ends.items()]):
            for records in (await reader.getmany(timeout_ms=200)).values():
                found += [(record.key, record.value) for record in records if record.key != NEWEST]
    return found
