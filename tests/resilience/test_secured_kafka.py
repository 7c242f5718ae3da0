# SPDX-License-Identifier: EUPL-1.2
"""Services at a Kafka that lets them in by password, to what their contracts say and nothing else: it is enough."""

import asyncio
import json
import os
import secrets
import shutil
import ssl
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
import yaml
from aiokafka import AIOKafkaProducer
from confluent_kafka import Consumer
from confluent_kafka.admin import (
    AdminClient,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialAlteration,
    UserScramCredentialUpsertion,
)
from running_service import RunningService, jwks_server, running_service
from secured_kafka import SecuredKafka, secured_kafka

from parvis_cli.__main__ import main
from parvis_events.state import present_state
from parvis_kit.messaging.events import Event
from parvis_kit.messaging.outbox import OUTBOX_COLUMNS, outbox_row, outbox_values
from parvis_local.layout import ROOT
from parvis_local.topics import create_topics
from parvis_notifications.settings import MIGRATIONS as NOTIFICATIONS_MIGRATIONS
from parvis_notifications.settings import Settings as NotificationsSettings
from parvis_requests.settings import MIGRATIONS as REQUESTS_MIGRATIONS
from parvis_requests.settings import Settings as RequestsSettings
from parvis_testing import TokenIssuer, migrated_settings

pytestmark = [pytest.mark.kafka, pytest.mark.apache]
SECONDS = 120.0
# A town that no seed knows: its topics are made by the first event, by the right of notifications to make them.
DECLARED = {"subscribers": {"roads": {"collectivity": "paris"}}, "collectivities": ["paris"]}
TYPE = "fr.parvis.requests.request-submitted.v1"
# The package hands on the data of types that it does not know as they are.
UNKNOWN = "fr.parvis.test.happened.v1"


@dataclass(frozen=True)
class Square:
    kafka: SecuredKafka
    passwords: dict[str, str]

    def environment(self, service: str) -> dict[str, str]:
        return {
            "KAFKA_BOOTSTRAP_SERVERS": self.kafka.clients,
            "KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
            "KAFKA_SSL_CA_FILE": str(self.kafka.authority),
            f"PARVIS_{service.upper()}_KAFKA_SASL_USERNAME": f"parvis-{service}",
            f"PARVIS_{service.upper()}_KAFKA_SASL_PASSWORD": self.passwords[f"parvis-{service}"],
        }

    def read_by(self, *command: str, topic: str) -> list[dict[str, Any]]:
        """What an example prints that comes as the system ``roads`` does, until it ends."""
        environment = {
            "KAFKA_BOOTSTRAP_SERVERS": self.kafka.clients,
            "KAFKA_CA_FILE": str(self.kafka.authority),
            "KAFKA_SASL_USERNAME": "roads",
            "KAFKA_SASL_PASSWORD": self.passwords["roads"],
        }
        ran = subprocess.run(
            [*command, "--topic", topic, "--group", f"roads.{uuid4()}", "--count", "2"],
            env=os.environ | environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        return [json.loads(line) for line in ran.stdout.splitlines()]

    def security(self) -> dict[str, Any]:
        """What aiokafka needs to come as ``roads``."""
        return {
            "security_protocol": "SASL_SSL",
            "ssl_context": ssl.create_default_context(cafile=self.kafka.authority),
            "sasl_mechanism": "SCRAM-SHA-512",
            "sasl_plain_username": "roads",
            "sasl_plain_password": self.passwords["roads"],
        }

    def first(self, topic: str) -> Any:
        """The first record of a topic, as a subscriber gets it."""
        reading = {"group.id": "roads.archive", "auto.offset.reset": "earliest", "log_level": 0}
        reader = Consumer({**self.kafka.as_user("roads", self.passwords["roads"]), **reading})
        reader.subscribe([topic])
        deadline = time.monotonic() + SECONDS
        try:
            while time.monotonic() < deadline:
                message = reader.poll(0.5)
                if message is not None and message.error() is None:
                    return message
        finally:
            reader.close()
        raise AssertionError("nothing came")


@pytest.fixture(scope="module")
async def square(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Square]:
    folder = tmp_path_factory.mktemp("kafka")
    with (
        jwks_server(TokenIssuer()) as jwks,
        secured_kafka(folder, issuer="http://parvis.test", jwks_url=jwks, audience="parvis-notifications") as kafka,
    ):
        (folder / "kafka.yaml").write_text(yaml.safe_dump(DECLARED))
        options = ("--contracts", str(ROOT / "contracts"), "--bootstrap-servers", kafka.operators)
        # Without collectivities: a public topic is not there before its first event.
        assert await asyncio.to_thread(main, ["topics", "apply", *options]) == 0
        access = ["access", "apply", *options, "--deployment", str(folder / "kafka.yaml")]
        assert await asyncio.to_thread(main, access) == 0
        passwords = {user: secrets.token_urlsafe() for user in ("parvis-requests", "parvis-notifications", "roads")}
        client = AdminClient({"bootstrap.servers": kafka.operators})
        info = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096)
        asked: list[UserScramCredentialAlteration] = [
            UserScramCredentialUpsertion(user, info, password.encode()) for user, password in passwords.items()
        ]
        for answer in client.alter_user_scram_credentials(asked).values():
            answer.result(SECONDS)
        yield Square(kafka, passwords)


async def ready(service: RunningService) -> None:
    deadline = time.monotonic() + SECONDS
    async with httpx.AsyncClient() as client:
        while (answer := await client.get(f"{service.internal_url}/readyz")).status_code != 200:
            assert time.monotonic() < deadline, answer.text
            await asyncio.sleep(0.2)


async def submitted(settings: RequestsSettings) -> Event:
    """An event in the outbox of requests, as the act would have left it."""
    key = uuid4()
    event = Event(
        id=uuid4(),
        type=TYPE,
        source="/parvis/requests",
        subject=str(key),
        time=datetime.now(UTC),
        collectivity="paris",
        sequence=1,
        key=key,
        topic="parvis.requests.request.v1",
        data={"request_id": str(key), "sequence": 1},
    )
    connection = await asyncpg.connect(settings.database_url.get_secret_value())
    try:
        await connection.execute(
            f"INSERT INTO outbox ({OUTBOX_COLUMNS}) VALUES ({outbox_values(1)})", *outbox_row(event)
        )
    finally:
        await connection.close()
    return event


async def test_with_their_own_passwords_and_rights_services_work_as_ever(square: Square) -> None:
    requests = await migrated_settings("secured_requests", RequestsSettings, REQUESTS_MIGRATIONS)
    notifications = await migrated_settings("secured_notifications", NotificationsSettings, NOTIFICATIONS_MIGRATIONS)
    with ExitStack() as stack:
        processes = [
            stack.enter_context(running_service(name, settings, command, **square.environment(name)))
            for name, settings, command in (
                ("requests", requests, "worker"),
                ("requests", requests, "api"),
                ("notifications", notifications, "worker"),
            )
        ]
        for process in processes:
            await ready(process)
        event = await submitted(requests)
        record = await asyncio.to_thread(square.first, "parvis.public.paris.requests.request.v1")
    assert (record.key(), json.loads(record.value())) == (str(event.key).encode(), event.data)
    assert dict(record.headers())["ce_id"] == str(event.id).encode()


@pytest.mark.independent
async def test_the_examples_and_the_package_for_subscribers_come_with_a_password_over_tls(square: Square) -> None:
    """On a public topic of their own; kafkajs, under node, is other people's work."""
    topic = f"parvis.public.paris.test.example-{uuid4().hex[:8]}.v1"
    create_topics(square.kafka.operators, [topic], partitions=1)
    key = uuid4()
    told = [
        Event(
            id=uuid4(),
            type=UNKNOWN,
            source="/parvis/requests",
            subject=str(key),
            time=datetime.now(UTC),
            collectivity="paris",
            sequence=sequence,
            key=key,
            topic=topic,
            data={"request_id": str(key), "sequence": sequence},
        )
        for sequence in (1, 2)
    ]
    async with AIOKafkaProducer(bootstrap_servers=square.kafka.operators, acks="all") as producer:
        for event in told:
            await producer.send_and_wait(topic, event.value(), key=str(key).encode(), headers=event.headers())
    node = shutil.which("node")
    assert node, "node is missing: install the Debian packages nodejs and npm"
    for command in (
        [sys.executable, str(ROOT / "examples" / "consume_events.py"), "--type", UNKNOWN],
        [node, str(ROOT / "examples" / "node" / "consume_events.mjs")],
    ):
        read = await asyncio.to_thread(square.read_by, *command, topic=topic)
        assert [(each["id"], each["sequence"], each["data"]) for each in read] == [
            (str(event.id), str(event.sequence), event.data) for event in told
        ], command
    model = type("Happened", (), {"TYPE": UNKNOWN, "TOPIC": topic.replace("public.paris.", "")})
    state = await present_state(square.kafka.clients, model, collectivity="paris", **square.security())
    assert [(str(each.id), each.data) for each in state.values()] == [(str(told[-1].id), told[-1].data)]
