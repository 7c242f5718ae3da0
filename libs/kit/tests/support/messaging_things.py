# SPDX-License-Identifier: EUPL-1.2
"""A small service of things, for the tests of messaging: each act on a thing is a row, an event and an effect."""

import asyncio
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from messaging_database import messaging_database
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_kit.messaging.events import Event, PermanentError
from parvis_kit.messaging.outbox import OUTBOX_COLUMNS, outbox_row, outbox_values
from parvis_kit.settings import ServiceSettings as Settings
from parvis_local.topics import create_topics

__all__ = ["GROUP", "Settings", "Things", "effect", "open_things", "poisonous"]
GROUP = "tests-"


async def effect(event: Event, session: AsyncSession, consumer: str | None = None) -> None:
    """The handler: one row for each time it takes effect; fails while the thing has an obstacle."""
    if await session.scalar(text("SELECT true FROM obstacle WHERE key = :key"), {"key": event.key}):
        raise ConnectionError("an obstacle, for now")
    await session.execute(
        text("INSERT INTO effect (consumer, key, sequence) VALUES (:consumer, :key, :sequence)"),
        {"consumer": consumer, "key": event.key, "sequence": event.sequence},
    )


async def poisonous(event: Event, session: AsyncSession) -> None:
    """A handler that can never succeed."""
    del event, session
    raise PermanentError("poison")


@asynccontextmanager
async def open_things(bootstrap: str) -> "AsyncIterator[Things]":
    """Things in a database made anew, with a topic of their own."""
    name = f"test_messaging_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    url = await messaging_database(name)
    topic = f"parvis.test.{name.replace('_', '-')}-{uuid4().hex[:8]}.v1"
    if os.environ.get("KAFKA") == "apache":
        create_topics(bootstrap, [topic])
    async with asyncpg.create_pool(url, min_size=2, max_size=16) as pool:
        yield Things(pool, url, bootstrap, topic)


@dataclass
class Things:
    """Acts on things, and what came of them."""

    pool: "asyncpg.Pool[Any]"
    url: str
    bootstrap: str
    topic: str

    async def act(self, thing: UUID, name: str = "happened") -> int:
        """One act: the thing's row, its version and its event in one transaction; returns the version."""
        async with self.pool.acquire() as connection, connection.transaction():
            version = await connection.fetchval(
                "INSERT INTO thing VALUES ($1, 1) ON CONFLICT (id) DO UPDATE SET version = thing.version + 1"
                " RETURNING version",
                thing,
            )
            # Acts on one thing overlap: the one that waits for the row must come second, whatever its ids and times.
            await asyncio.sleep(0)
            event = Event(
                id=uuid7(), type=f"fr.parvis.test.{name}.v1", source="/parvis/test", subject=str(thing),
                time=datetime.now(UTC), collectivity="paris", sequence=version, key=thing, topic=self.topic,
                data={"sequence": version},
            )  # fmt: skip
            await connection.execute(
                f"INSERT INTO outbox ({OUTBOX_COLUMNS}) VALUES ({outbox_values(1)})", *outbox_row(event)
            )
        return int(version)

    async def effects(self) -> dict[UUID, list[int]]:
        """The sequences that took effect, in the order in which they did, by thing."""
        found = defaultdict(list)
        for row in await self.pool.fetch("SELECT key, sequence FROM effect ORDER BY place"):
            found[row["key"]].append(row["sequence"])
        return dict(found)

    async def parked(self, number: int, *, seconds: float = 60) -> None:
        """Wait until that many events are parked: what became of others says nothing of when these come."""
        deadline = time.monotonic() + seconds
        while (found := await self.pool.fetchval("SELECT count(*) FROM parked_event")) != number:
            assert time.monotonic() < deadline, f"{found} parked events, not {number}"
            await asyncio.sleep(0.1)

    async def letters(self, number: int, *, seconds: float = 60) -> list[asyncpg.Record]:
        """The dead letters in the order of their burial, once there are so many."""
        deadline = time.monotonic() + seconds
        while len(found := await self.pool.fetch("SELECT * FROM dead_letter ORDER BY number")) < number:
            assert time.monotonic() < deadline, f"{len(found)} of {number} letters"
            await asyncio.sleep(0.1)
        return list(found)

    async def settle(self, acts: int, *, seconds: float = 120) -> None:
        """Wait until that many effects stand and nothing is unsent, then a little for what should not come."""
        deadline = time.monotonic() + seconds
        while True:
            done = await self.pool.fetchval("SELECT count(*) FROM effect")
            unsent = await self.pool.fetchval("SELECT count(*) FROM outbox WHERE sent_at IS NULL")
            if done >= acts and not unsent:
                break
            assert time.monotonic() < deadline, f"{done} of {acts} effects, {unsent} events unsent"
            await asyncio.sleep(0.1)
        await asyncio.sleep(1)

    @contextmanager
    def process(self, role: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
        """A relay or a consumer, ended at the end if it still runs."""
        env = {**os.environ, "DATABASE_URL": self.url, "KAFKA_BOOTSTRAP_SERVERS": self.bootstrap, **environment}
        script = Path(__file__).with_name("messaging_process.py")
        process = subprocess.Popen([sys.executable, str(script), role, self.topic], env=env)
        try:
            yield process
        finally:
            process.kill()
            process.wait(10)
