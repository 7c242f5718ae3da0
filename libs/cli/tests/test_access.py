# SPDX-License-Identifier: EUPL-1.2
"""``parvis access`` on a real Apache Kafka with TLS: who is let in, and to what."""

import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer
from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)
from running_service import jwks_server
from secured_kafka import SecuredKafka, secured_kafka

from parvis_cli.__main__ import main
from parvis_cli.quotas import read_quotas
from parvis_testing import TokenIssuer

pytestmark = [pytest.mark.kafka, pytest.mark.apache]
CONTRACTS = Path(__file__).parents[3] / "contracts"
PARIS = "parvis.public.paris.requests.request.v1"
LUTECE = "parvis.public.lutece.requests.request.v1"
ROADS = {"collectivity": "paris", "topics": ["requests.request.v1"], "quotas": {"consumer_byte_rate": 65_536}}
DATA = {"collectivity": "lutece"}
REFUSED = (KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.GROUP_AUTHORIZATION_FAILED)
_SECONDS = 60.0


@dataclass
class Town:
    """The Kafka, what is declared for it, and passwords of those who were given one."""

    kafka: SecuredKafka
    folder: Path

    def declare(self, **subscribers: object) -> None:
        declared = {"collectivities": ["paris", "lutece"], "subscribers": subscribers}
        (self.folder / "kafka.yaml").write_text(yaml.safe_dump(declared))

    def run(self, room: str, command: str, *options: str) -> int:
        where = ("--contracts", str(CONTRACTS), "--deployment", str(self.folder / "kafka.yaml"))
        return main([room, command, *where, "--bootstrap-servers", self.kafka.operators, *options])

    def password(self, user: str, capsys: pytest.CaptureFixture[str]) -> str:
        capsys.readouterr()
        assert main(["access", "password", user, "--bootstrap-servers", self.kafka.operators]) == 0
        return capsys.readouterr().out.strip()

    def tell(self, topic: str) -> None:
        producer = Producer({"bootstrap.servers": self.kafka.operators})
        producer.produce(topic, b"{}", b"key")
        assert producer.flush(_SECONDS) == 0

    def reads(self, settings: Mapping[str, str], topic: str, group: str) -> bytes | int:
        """What a reader gets: a value, or the code with which Kafka refuses."""
        reading = {"group.id": group, "auto.offset.reset": "earliest", "log_level": 0}
        with closing(Consumer({**settings, **reading})) as consumer:
            consumer.subscribe([topic])
            deadline = time.monotonic() + _SECONDS
            while time.monotonic() < deadline:
                message = consumer.poll(1.0)
                error = message.error() if message is not None else None
                if message is not None and error is None:
                    return message.value() or b""
                if error is not None and error.code() in REFUSED:
                    return error.code()
        raise AssertionError("neither a record nor a refusal")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("kafka")
    with (
        jwks_server(TokenIssuer()) as jwks,
        secured_kafka(folder, issuer="http://parvis.test", jwks_url=jwks, audience="parvis-kafka") as kafka,
    ):
        made = Town(kafka, folder)
        made.declare(roads=ROADS, data=DATA)
        assert made.run("topics", "apply") == 0
        assert made.run("access", "apply") == 0
        for topic in (PARIS, LUTECE):
            made.tell(topic)
        yield made


def test_a_subscriber_reads_its_own_topics_under_its_own_groups_and_nothing_else(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    roads = town.kafka.as_user("roads", town.password("roads", capsys))
    assert town.reads(roads, PARIS, "roads.archive") == b"{}"
    assert town.reads(roads, PARIS, "data.archive") == KafkaError.GROUP_AUTHORIZATION_FAILED
    assert town.reads(roads, PARIS, "roads") == KafkaError.GROUP_AUTHORIZATION_FAILED
    for topic in (LUTECE, "parvis.requests.request.v1", "parvis.public.paris.participation.poll.v1"):
        assert town.reads(roads, topic, "roads.archive") == KafkaError.TOPIC_AUTHORIZATION_FAILED, topic
    told: list[KafkaError | None] = []
    producer = Producer({**roads, "log_level": 0})
    producer.produce(PARIS, b"forged", on_delivery=lambda error, _: told.append(error))
    producer.flush(_SECONDS)
    assert [error.code() for error in told if error] == [KafkaError.TOPIC_AUTHORIZATION_FAILED]


def test_all_of_a_town_is_no_more_than_all_of_that_town(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    data = town.kafka.as_user("data", town.password("data", capsys))
    assert town.reads(data, LUTECE, "data.lake") == b"{}"
    assert town.reads(data, PARIS, "data.lake") == KafkaError.TOPIC_AUTHORIZATION_FAILED


def test_nobody_comes_in_without_a_password_or_with_a_false_one(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    old = town.password("roads", capsys)
    good = town.kafka.as_user("roads", town.password("roads", capsys))
    assert AdminClient({**good}).list_topics(timeout=_SECONDS).brokers
    for bad in (
        good | {"sasl.password": old},
        good | {"sasl.username": "nobody"},
        {"bootstrap.servers": town.kafka.clients, "security.protocol": "plaintext"},
        {
            "bootstrap.servers": town.kafka.clients,
            "security.protocol": "ssl",
            "ssl.ca.location": good["ssl.ca.location"],
        },
    ):
        with pytest.raises(KafkaException):
            AdminClient({**bad, "log_level": 0}).list_topics(timeout=3)


def test_rights_and_quotas_are_given_once_and_taken_from_who_is_declared_no_more(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    town.declare(roads=ROADS, data=DATA)
    assert town.run("access", "apply") == 0
    assert read_quotas(town.kafka.operators, {})["roads"] == {"consumer_byte_rate": 65_536, "request_percentage": 25}
    capsys.readouterr()
    assert town.run("access", "apply", "--dry-run") == 0
    assert capsys.readouterr().out == ""
    town.declare(roads=ROADS | {"topics": ["participation.poll.v1"], "quotas": {"request_percentage": 10}})
    assert town.run("access", "apply", "--dry-run") == 2
    planned = capsys.readouterr().out.splitlines()
    assert "take roads: read topic parvis.public.paris.requests.request.v1" in planned
    assert "not declared: data: read topic parvis.public.lutece.*" in planned
    assert "set roads: consumer_byte_rate = 1.04858e+06, request_percentage = 10" in planned
    assert town.run("access", "apply") == 0
    assert town.run("access", "apply", "--dry-run", "--revoke-others") == 2, "data is told of, and left alone"
    assert town.run("access", "apply", "--revoke-others") == 0
    assert town.run("access", "apply", "--dry-run", "--revoke-others") == 0
    assert "not declared" not in capsys.readouterr().out.splitlines()[-1]
    town.declare(roads=ROADS, data=DATA)
    assert town.run("access", "apply") == 0


def test_a_right_on_every_topic_that_somebody_was_given_by_hand_is_told(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    by_hand = AclBinding(
        ResourceType.TOPIC,
        "*",
        ResourcePatternType.LITERAL,
        "User:contractor",
        "*",
        AclOperation.READ,
        AclPermissionType.ALLOW,
    )
    client = AdminClient({"bootstrap.servers": town.kafka.operators})
    for answer in client.create_acls([by_hand]).values():
        answer.result(_SECONDS)
    capsys.readouterr()
    deadline = time.monotonic() + _SECONDS
    while "not declared: contractor: read topic *" not in capsys.readouterr().out:
        assert time.monotonic() < deadline
        assert town.run("access", "apply", "--dry-run") == 0
    assert town.run("access", "apply", "--revoke-others") == 0
    assert town.run("access", "apply", "--dry-run", "--revoke-others") == 0
