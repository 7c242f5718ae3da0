# SPDX-License-Identifier: EUPL-1.2
import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient

from parvis_local.apache_kafka import ApacheKafka
from parvis_local.broker import EmbeddedBroker
from parvis_local.errors import LocalError
from parvis_local.kafka_jars import KafkaError
from parvis_local.topics import create_topics

TOPIC = "parvis.test.thing.v1"


async def _send(bootstrap_servers: str, *values: bytes) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap_servers, acks="all", enable_idempotence=True)
    await producer.start()
    try:
        for value in values:
            await producer.send_and_wait(TOPIC, value, key=b"one", headers=[("ce_id", b"1")])
    finally:
        await producer.stop()


async def _receive(bootstrap_servers: str, count: int) -> list[bytes]:
    consumer = AIOKafkaConsumer(
        TOPIC, bootstrap_servers=bootstrap_servers, auto_offset_reset="earliest", group_id="reader"
    )
    await consumer.start()
    try:
        async with asyncio.timeout(60):
            return [(await consumer.getone()).value for _ in range(count)]
    finally:
        await consumer.stop()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[EmbeddedBroker]:
    broker = EmbeddedBroker(tmp_path / "broker", tmp_path / "broker.log")
    broker.start()
    yield broker
    broker.stop()


@pytest.mark.kafka
async def test_the_embedded_broker_hands_on_what_it_got_in_order(broker: EmbeddedBroker) -> None:
    await _send(broker.bootstrap_servers, b"first", b"second")
    assert await _receive(broker.bootstrap_servers, 2) == [b"first", b"second"]
    topics = AdminClient({"bootstrap.servers": broker.bootstrap_servers}).list_topics(timeout=10).topics
    assert len(topics[TOPIC].partitions) == 4, "it makes topics by itself"


def test_the_embedded_broker_is_another_one_after_a_restart(broker: EmbeddedBroker) -> None:
    def cluster() -> str | None:
        return AdminClient({"bootstrap.servers": broker.bootstrap_servers}).list_topics(timeout=10).cluster_id

    before = cluster()
    broker.stop()
    assert broker.pid is None
    assert not broker.address_file.exists()
    broker.start()
    assert before != cluster()


def test_topics_on_a_broker_that_is_not_there_are_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parvis_cli.topics.SECONDS", 1)
    with pytest.raises(LocalError, match=r"127\.0\.0\.1:9: no Kafka answers"):
        create_topics("127.0.0.1:9", [TOPIC])


def test_without_java_or_maven_the_error_names_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    kafka = ApacheKafka(tmp_path / "kafka", tmp_path / "kafka.log", jars=tmp_path / "jars")
    with pytest.raises(KafkaError, match="openjdk-17-jre-headless"):
        kafka.start()
    java = tmp_path / "java"
    java.write_text("""#!/bin/sh\necho 'openjdk version "11.0.2"' >&2\n""")
    java.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    with pytest.raises(KafkaError, match="older than Java 17"):
        kafka.start()
    java.write_text("""#!/bin/sh\necho 'openjdk version "21.0.2"' >&2\n""")
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "sh").symlink_to("/bin/sh")
    with pytest.raises(KafkaError, match="package maven"):
        kafka.start()


@pytest.mark.kafka
@pytest.mark.apache
async def test_apache_kafka_keeps_what_it_acknowledged_over_a_kill(tmp_path: Path) -> None:
    kafka = ApacheKafka(tmp_path / "kafka", tmp_path / "kafka.log")
    kafka.start()
    try:
        assert create_topics(kafka.bootstrap_servers, [TOPIC]) == [TOPIC]
        assert create_topics(kafka.bootstrap_servers, [TOPIC]) == []
        await _send(kafka.bootstrap_servers, b"first", b"second")
        kafka.kill()
        assert kafka.pid is None
        kafka.start()
        assert await _receive(kafka.bootstrap_servers, 2) == [b"first", b"second"]
        topics = AdminClient({"bootstrap.servers": kafka.bootstrap_servers}).list_topics(timeout=10).topics
        assert len(topics[TOPIC].partitions) == 4
    finally:
        kafka.stop()


@pytest.mark.kafka
@pytest.mark.apache
def test_apache_kafka_makes_no_topic_by_itself_unless_told(tmp_path: Path) -> None:
    kafka = ApacheKafka(tmp_path / "kafka", tmp_path / "kafka.log")
    kafka.start()
    try:
        # A producer's question is one that makes topics where the broker lets it.
        producer = Producer({"bootstrap.servers": kafka.bootstrap_servers})
        for _ in range(3):
            assert producer.list_topics("parvis.unknown.v1", timeout=10).topics["parvis.unknown.v1"].error is not None
            time.sleep(0.3)
        assert "parvis.unknown.v1" not in producer.list_topics(timeout=10).topics
        with pytest.raises(LocalError, match="another process"):
            ApacheKafka(tmp_path / "kafka", tmp_path / "other.log").start()
    finally:
        kafka.stop()
