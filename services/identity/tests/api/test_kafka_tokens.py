# SPDX-License-Identifier: EUPL-1.2
"""A system's token of identity at a real Apache Kafka, whose own validator checks it by identity's published keys."""

import asyncio
import json
import time
from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import dataclass
from ssl import create_default_context
from typing import Any

import httpx
import pytest
import yaml
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.abc import AbstractTokenProvider
from aiokafka.errors import GroupAuthorizationFailedError, TopicAuthorizationFailedError
from confluent_kafka import Consumer, KafkaError
from identity_town import SYSTEM_SECRET
from real_sign_in import Place, running_place
from secured_kafka import SecuredKafka, secured_kafka
from town_seed import demo_seed

from parvis_cli.__main__ import main
from parvis_identity.service import seed
from parvis_identity.settings import Settings
from parvis_local.layout import ROOT
from parvis_testing import Harness, TokenIssuer

pytestmark = [pytest.mark.kafka, pytest.mark.apache]
SYSTEM = "demo-roadworks"
SCOPE = "notifications.events.read"
AUDIENCE = "parvis-notifications"
TOPIC = "parvis.public.paris.requests.request.v1"
DECLARED = {
    "collectivities": ["paris", "lutece"],
    "subscribers": {SYSTEM: {"collectivity": "paris", "topics": ["requests.request.v1"], "login": "oauth"}},
}


class Bearer(AbstractTokenProvider):  # type: ignore[misc]  # aiokafka says nothing of its types
    """One token, for a test that is over before it is."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def token(self) -> str:
        return self._token


@dataclass(frozen=True)
class Square:
    place: Place
    kafka: SecuredKafka

    def token(self, scope: str, client: str = SYSTEM, secret: str = SYSTEM_SECRET) -> str:
        form = {"grant_type": "client_credentials", "scope": scope}
        answer = httpx.post(f"{self.place.identity}/oauth2/token", data=form, auth=(client, secret), timeout=60)
        return str(answer.json()["access_token"])

    def forged(self, good: str) -> str:
        """A token that says all that a good one says, signed by a key that identity has not."""
        claims = {"iss": self.place.identity, "sub": SYSTEM, "client_id": SYSTEM, "kind": "system"}
        return TokenIssuer(jws_header(good)["kid"]).token(audience=AUDIENCE, scope=SCOPE, **claims)

    def lets_in(self, token: str) -> bool:
        """Whether Kafka takes the token; by another client, which says at once what the answer is."""
        errors: list[KafkaError] = []
        reader = Consumer(
            {
                "bootstrap.servers": self.kafka.clients,
                "group.id": f"{SYSTEM}.works",
                "security.protocol": "sasl_ssl",
                "ssl.ca.location": str(self.kafka.authority),
                "sasl.mechanism": "OAUTHBEARER",
                "oauth_cb": lambda _: (token, time.time() + 300),
                "error_cb": errors.append,
                "log_level": 0,
            }
        )
        reader.subscribe([TOPIC])
        deadline = time.monotonic() + 90
        with closing(reader):
            while time.monotonic() < deadline:
                reader.poll(0.1)
                if any(error.code() == KafkaError._AUTHENTICATION for error in errors):  # noqa: SLF001
                    return False
                if reader.assignment():
                    return True
        raise AssertionError("neither let in nor refused")

    async def read(self, token: str, topic: str = TOPIC, group: str = f"{SYSTEM}.works") -> Any:
        """The first value of a topic; raises KafkaError where Kafka refuses."""
        reader = AIOKafkaConsumer(
            topic,
            bootstrap_servers=self.kafka.clients,
            group_id=group,
            auto_offset_reset="earliest",
            security_protocol="SASL_SSL",
            ssl_context=create_default_context(cafile=str(self.kafka.authority)),
            sasl_mechanism="OAUTHBEARER",
            sasl_oauth_token_provider=Bearer(token),
        )
        try:
            async with asyncio.timeout(90):
                await reader.start()
                return (await reader.getone()).value
        finally:
            await reader.stop()


def jws_header(token: str) -> dict[str, str]:
    head = token.partition(".")[0]
    found: dict[str, str] = json.loads(urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    return found


@pytest.fixture(autouse=True)
async def _seeded(service: Harness) -> AsyncIterator[None]:
    await seed.apply(demo_seed(), service.runtime.database, service.runtime.blind_index)
    yield
    await service.clean("signing_key", "rsa_signing_key")


@pytest.fixture(scope="module")
def square(identity_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Square]:
    folder = tmp_path_factory.mktemp("kafka")
    with (
        running_place(identity_settings, folder) as place,
        secured_kafka(
            folder,
            issuer=place.identity,
            jwks_url=f"{place.identity}/.well-known/jwks.json",
            audience=AUDIENCE,
        ) as kafka,
    ):
        (folder / "kafka.yaml").write_text(yaml.safe_dump(DECLARED))
        options = ("--contracts", str(ROOT / "contracts"), "--deployment", str(folder / "kafka.yaml"))
        for room in ("topics", "access"):
            assert main([room, "apply", *options, "--bootstrap-servers", kafka.operators]) == 0
        yield Square(place, kafka)


async def test_a_system_reads_its_topic_with_a_token_of_its_own_credentials(square: Square) -> None:
    async with AIOKafkaProducer(bootstrap_servers=square.kafka.operators, acks="all") as producer:
        await producer.send_and_wait(TOPIC, b"{}", key=b"key")
    token = square.token(SCOPE)
    assert await square.read(token) == b"{}"
    with pytest.raises(TopicAuthorizationFailedError):
        await square.read(token, "parvis.public.lutece.requests.request.v1")
    with pytest.raises(GroupAuthorizationFailedError):
        await square.read(token, group="works")


def test_a_token_of_somebody_else_or_for_something_else_lets_nobody_in(square: Square) -> None:
    good = square.token(SCOPE)
    head, body, signature = good.split(".")
    for token in (
        square.token("identity.people.read", "parvis-notifications", "n" * 40),
        square.forged(good),
        f"{head}.{body}.{signature[::-1]}",
    ):
        assert not square.lets_in(token)
    assert square.lets_in(good)
