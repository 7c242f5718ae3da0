# SPDX-License-Identifier: EUPL-1.2
"""Services at a Kafka that lets them in by password, to what their contracts say and nothing else: it is enough."""

import asyncio
import json
import secrets
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
from parvis_kit.messaging.events import Event
from parvis_kit.messaging.outbox import OUTBOX_COLUMNS, outbox_row, outbox_values
from parvis_local.layout import ROOT
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
