# SPDX-License-Identifier: EUPL-1.2
"""A process hears of each session that ended, and refuses its tokens from then on."""

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaProducer

from parvis_kit.messaging.events import Event
from parvis_kit.problems import Problem
from parvis_kit.security.sessions import TOPIC, EndedSessions
from parvis_kit.security.tokens import TokenVerifier
from parvis_local.topics import create_topics
from parvis_testing import ISSUER, TokenIssuer

pytestmark = pytest.mark.kafka
START_SECONDS = 60.0


def revoked(session: UUID, *, ago: timedelta = timedelta()) -> Event:
    at = datetime.now(UTC) - ago
    return Event(
        id=uuid4(), type="fr.parvis.identity.session-revoked.v1", source="/parvis/identity", subject=str(session),
        time=at, collectivity="paris", sequence=1, key=session, topic=TOPIC,
        data={"session": str(session), "collectivity": "paris", "occurred_at": at.isoformat(), "sequence": 1},
    )  # fmt: skip


@pytest.fixture
async def producer(bootstrap: str) -> AsyncIterator[AIOKafkaProducer]:
    if os.environ.get("KAFKA") == "apache":
        create_topics(bootstrap, [TOPIC])
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True) as producer:
        yield producer


async def tell(producer: AIOKafkaProducer, event: Event) -> None:
    await producer.send_and_wait(TOPIC, event.value(), key=str(event.key).encode(), headers=event.headers())


def withdrawn(kid: str) -> Event:
    at, key = datetime.now(UTC), uuid4()
    return Event(
        id=uuid4(), type="fr.parvis.identity.key-withdrawn.v1", source="/parvis/identity", subject=str(key),
        time=at, collectivity="*", sequence=1, key=key, topic=TOPIC,
        data={"kid": kid, "collectivity": "*", "occurred_at": at.isoformat(), "sequence": 1},
    )  # fmt: skip


async def until_ready(ended: EndedSessions) -> None:
    async with asyncio.timeout(START_SECONDS):
        while await ended.check() != "ready":  # noqa: ASYNC110 - it is asked for by /readyz, too
            await asyncio.sleep(0.01)


@asynccontextmanager
async def following(bootstrap: str, ended: EndedSessions | None = None) -> AsyncIterator[EndedSessions]:
    ended = ended or EndedSessions(bootstrap, fetch_max_wait_ms=50)
    task = asyncio.create_task(ended.run())
    try:
        yield ended
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def soon(true: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        await asyncio.sleep(0.01)


async def test_a_session_that_ends_is_refused_also_by_who_starts_later(
    bootstrap: str, producer: AIOKafkaProducer
) -> None:
    before, first, other, old = (uuid4() for _ in range(4))
    issuer = TokenIssuer()
    await tell(producer, revoked(before))
    async with following(bootstrap) as ended:
        await soon(lambda: str(before) in ended, START_SECONDS)
        verifier = TokenVerifier(issuer=ISSUER, audience="parvis-a", keys=issuer.keys(), ended=ended)
        tokens = {sid: issuer.token(audience="parvis-a", scope="a.b.read", sid=str(sid)) for sid in (first, other)}
        for text in tokens.values():
            await verifier.verify(text)
        await producer.send_and_wait(TOPIC, b"no event", key=b"no key")
        await producer.send_and_wait(TOPIC, None, key=str(uuid4()).encode())
        await tell(producer, revoked(old, ago=timedelta(minutes=17)))
        await tell(producer, revoked(first))
        await soon(lambda: str(first) in ended, START_SECONDS)
        with pytest.raises(Problem) as refusal:
            await verifier.verify(tokens[first])
        assert refusal.value.kind.code == "invalid-token"
        assert 'error="invalid_token"' in (refusal.value.headers or {})["WWW-Authenticate"]
        assert (await verifier.verify(tokens[other])).session == str(other)
        assert str(old) not in ended, "no token of it can be alive"
    async with following(bootstrap) as later:
        await soon(lambda: str(first) in later and str(before) in later, START_SECONDS)


async def test_a_key_that_is_withdrawn_is_refused_also_where_its_token_is_remembered(
    bootstrap: str, producer: AIOKafkaProducer
) -> None:
    issuer, other = TokenIssuer(kid=str(uuid4())), TokenIssuer(kid=str(uuid4()))
    async with following(bootstrap) as ended:
        await until_ready(ended)
        verifier, neighbour = (
            TokenVerifier(issuer=ISSUER, audience="parvis-a", keys=one.keys(), ended=ended) for one in (issuer, other)
        )
        seen, unseen = (issuer.token(audience="parvis-a", scope="a.b.read") for _ in range(2))
        await verifier.verify(seen)
        await tell(producer, withdrawn(issuer.kid))
        await soon(lambda: issuer.kid in ended, START_SECONDS)
        for text in (seen, unseen):
            with pytest.raises(Problem):
                await verifier.verify(text)
        await neighbour.verify(other.token(audience="parvis-a", scope="a.b.read"))
    async with following(bootstrap) as later:
        await until_ready(later)
        assert issuer.kid in later, "who starts later knows it too"


async def test_a_process_is_ready_when_it_knows_of_every_end(bootstrap: str, producer: AIOKafkaProducer) -> None:
    sessions = [uuid4() for _ in range(300)]
    for session in sessions:
        event = revoked(session)
        await producer.send(TOPIC, event.value(), key=str(event.key).encode(), headers=event.headers())
    await producer.flush()
    ended = EndedSessions(bootstrap, fetch_max_wait_ms=50)
    assert await ended.check() == "reading"
    async with following(bootstrap, ended):
        await until_ready(ended)
        assert [session for session in sessions if str(session) not in ended] == []


async def test_without_kafka_a_process_that_starts_is_not_ready_until_no_older_token_can_live() -> None:
    async with following("127.0.0.1:1") as ended:
        await asyncio.sleep(1)
        assert str(uuid4()) not in ended
        assert None not in ended
        assert await ended.check() == "reading"
        for late, expected in ((900, "reading"), (100, "ready")):
            ended._since -= late  # noqa: SLF001 - so many seconds ago
            assert await ended.check() == expected
