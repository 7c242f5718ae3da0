# SPDX-License-Identifier: EUPL-1.2
"""Dead letters on the broker that KAFKA names."""

import os
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from confluent_kafka import Consumer, Producer

from parvis_cli.__main__ import main
from parvis_cli.declared import DEAD_LETTERS
from parvis_local.apache_kafka import ApacheKafka
from parvis_local.ports import free_port
from parvis_local.topics import create_topics

pytestmark = pytest.mark.kafka


@pytest.fixture
def topic(bootstrap: str) -> str:
    return filled(bootstrap)


def filled(bootstrap: str) -> str:
    """A topic, and one of its dead letters with two of them."""
    name = f"parvis.test.{uuid4().hex[:8]}.v1"
    if os.environ.get("KAFKA") == "apache":
        create_topics(bootstrap, [name], partitions=1)
        create_topics(bootstrap, [f"{name}.dead-letter.readers"], partitions=1, config=DEAD_LETTERS)
    producer = Producer({"bootstrap.servers": bootstrap})
    for number in (1, 2):
        headers: list[tuple[str, str | bytes | None]] = [
            ("ce_id", f"id-{number}"),
            ("ce_type", "fr.parvis.test.happened.v1"),
            ("parvis_reason", "poison"),
        ]
        headers.append(("parvis_consumer", "readers"))
        producer.produce(f"{name}.dead-letter.readers", f'{{"n":{number}}}', "key", partition=0, headers=headers)
    assert producer.flush(20) == 0
    return name


def records(bootstrap: str, topic: str, count: int) -> list[tuple[Any, Any, dict[str, Any]]]:
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": str(uuid4()), "auto.offset.reset": "earliest"})
    consumer.subscribe([topic])
    found = []
    for _ in range(count):
        message = consumer.poll(30)
        assert message is not None
        assert not message.error()
        found.append((message.key(), message.value(), dict(message.headers() or ())))
    consumer.close()
    return found


def command(bootstrap: str, *arguments: str) -> int:
    return main(["dead-letters", arguments[0], "--bootstrap-servers", bootstrap, *arguments[1:]])


def test_they_are_listed_shown_and_sent_again_as_they_were(
    bootstrap: str, topic: str, capsys: pytest.CaptureFixture[str]
) -> None:
    dead = f"{topic}.dead-letter.readers"
    assert command(bootstrap, "list") == 0
    mine = [line for line in capsys.readouterr().out.splitlines() if line.startswith(dead)]
    assert mine == [f"{dead} 0:{n} fr.parvis.test.happened.v1 id-{n + 1} poison" for n in (0, 1)]
    assert command(bootstrap, "show", dead, "--count", "2") == 0
    assert capsys.readouterr().out == '{"n":1}\n{"n":2}\n'
    assert command(bootstrap, "redrive", dead, "--count", "5") == 0
    assert capsys.readouterr().out.count("sent again") == 2
    attributes = [{"ce_id": f"id-{n}".encode(), "ce_type": b"fr.parvis.test.happened.v1"} for n in (1, 2)]
    assert records(bootstrap, topic, 2) == [(b"key", b'{"n":1}', attributes[0]), (b"key", b'{"n":2}', attributes[1])]
    assert command(bootstrap, "list") == 0
    assert dead not in capsys.readouterr().out


def test_one_is_mended_and_another_put_aside(
    bootstrap: str, topic: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dead = f"{topic}.dead-letter.readers"
    assert command(bootstrap, "skip", dead) == 0
    assert "put aside" in capsys.readouterr().out
    mended = tmp_path / "mended.json"
    mended.write_text('{"n":20}')
    assert command(bootstrap, "redrive", dead, "--data", str(mended), "--count", "2") == 1
    assert "mends one event" in capsys.readouterr().err
    assert command(bootstrap, "redrive", dead, "--data", str(mended)) == 0
    ((key, value, headers),) = records(bootstrap, topic, 1)
    assert (key, value, headers["ce_id"]) == (b"key", b'{"n":20}', b"id-2")


def test_the_largest_that_kafka_takes_is_sent_again(bootstrap: str, topic: str) -> None:
    dead, huge = f"{topic}.dead-letter.readers", f'{{"much":"{"x" * 1_048_000}"}}'.encode()
    producer = Producer({"bootstrap.servers": bootstrap, "message.max.bytes": 2_097_152})
    producer.produce(dead, huge, "key", partition=0, headers=[("parvis_reason", b"too much data")])
    assert producer.flush(20) == 0
    assert command(bootstrap, "redrive", dead, "--count", "3") == 0
    assert records(bootstrap, topic, 3)[2][:2] == (b"key", huge)


def test_a_topic_of_another_kind_is_refused(bootstrap: str, topic: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(bootstrap, "redrive", topic) == 1
    assert "is no topic of dead letters" in capsys.readouterr().err


@pytest.mark.apache
def test_a_kafka_that_has_just_started_is_given_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # Nobody has committed anything there yet: who coordinates the group is only being settled.
    server = ApacheKafka(tmp_path / "data", tmp_path / "log")
    server.start()
    try:
        topic = filled(server.bootstrap_servers)
        assert command(server.bootstrap_servers, "list") == 0
        assert capsys.readouterr().out.count(f"{topic}.dead-letter.readers 0:") == 2
    finally:
        server.stop()


def test_a_kafka_that_is_not_there_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("parvis_cli.letters.SECONDS", 1.0)
    assert command(f"127.0.0.1:{free_port()}", "list") == 1
    assert "no Kafka answers" in capsys.readouterr().err
