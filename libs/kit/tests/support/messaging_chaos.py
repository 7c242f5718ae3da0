# SPDX-License-Identifier: EUPL-1.2
"""Relays, consumers, a Kafka and a PostgreSQL that are killed by a schedule of chance while acts go on."""

import asyncio
import contextlib
import os
import random
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import UUID

import asyncpg
from messaging_things import Things

from parvis_kit.db.database import CONNECTION_ERRORS
from parvis_kit.messaging.waker import CHANNEL
from parvis_local.apache_kafka import ApacheKafka
from parvis_local.postgres import EmbeddedPostgres

_ROUND_SECONDS: Final = 0.1
_SCRIPT: Final = Path(__file__).with_name("messaging_process.py")


@dataclass
class Part:
    """A process that is started again whenever it has ended, as a supervisor does."""

    command: list[str]
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None

    def keep(self) -> None:
        """Start it where it does not run."""
        if self.process is None or self.process.poll() is not None:
            self.process = subprocess.Popen(
                self.command, env={**os.environ, **self.environment}, stdout=subprocess.DEVNULL
            )

    def kill(self) -> None:
        """As by ``kill -9``."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)


@dataclass
class Chaos:
    """What runs, what was killed, and which acts their caller knows to be committed."""

    things: Things
    kafka: ApacheKafka
    postgres: EmbeddedPostgres
    consumers: dict[str, int]
    seed: int
    killed: list[str] = field(default_factory=list)
    known: list[tuple[UUID, int]] = field(default_factory=list)
    parts: dict[str, Part] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """One relay's heir waits beside it; each consumer has so many members."""
        common = {"DATABASE_URL": self.things.url, "KAFKA_BOOTSTRAP_SERVERS": self.things.bootstrap}
        for number in range(2):
            self.parts[f"relay {number}"] = Part([sys.executable, str(_SCRIPT), "relay", self.things.topic], common)
        for name, members in self.consumers.items():
            for number in range(members):
                command = [sys.executable, str(_SCRIPT), "consumer", self.things.topic]
                self.parts[f"{name} {number}"] = Part(command, common | {"CONSUMER": name})

    async def run(self, keys: list[UUID], seconds: float, rate: int) -> None:
        """Act, kill and start again for so long, and until each has been killed; at the end everything runs."""
        over = asyncio.Event()
        await asyncio.gather(self._act(keys, rate, over), self._kill(time.monotonic() + seconds, over))

    async def supervised(self, done: Callable[[], Awaitable[bool]], seconds: float) -> bool:
        """Keep everything alive until that is so; False where the time was not enough."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self._keep()
            if await done():
                return True
            await asyncio.sleep(0.5)
        return False

    def stop(self) -> None:
        """End what runs."""
        for part in self.parts.values():
            part.kill()

    async def _act(self, keys: list[UUID], rate: int, over: asyncio.Event) -> None:
        chance, due = random.Random(self.seed), time.monotonic()  # noqa: S311 - a schedule, no secret
        while not over.is_set():
            await asyncio.gather(*(self._one(chance.choice(keys)) for _ in range(int(rate * _ROUND_SECONDS))))
            due = max(due + _ROUND_SECONDS, time.monotonic() - 1)
            await asyncio.sleep(max(due - time.monotonic(), 0))

    async def _one(self, key: UUID) -> None:
        # Refused or broken off while the database is away: then nobody was told that it is done.
        with contextlib.suppress(*CONNECTION_ERRORS, asyncpg.PostgresError, asyncpg.InterfaceError):
            self.known.append((key, await self.things.act(key)))
            # As the waker does: a relay that works at every moment is killed in the midst of something.
            await self.things.pool.execute(f"NOTIFY {CHANNEL}")

    async def _kill(self, ends: float, over: asyncio.Event) -> None:
        chance = random.Random(self.seed)  # noqa: S311 - likewise
        turns = [*self.parts, *self.parts, "kafka", "postgres"]
        victims: list[str] = []
        while time.monotonic() < ends or victims:
            self._keep()
            # Each has its turns before any has more, and in no order that anybody chose.
            victims = victims or chance.sample(turns, len(turns))
            victim = victims.pop()
            await asyncio.sleep(chance.uniform(0.2, 1.0))
            self.killed.append(victim)
            if victim in self.parts:
                self.parts[victim].kill()
            else:
                server = self.kafka if victim == "kafka" else self.postgres
                await asyncio.to_thread(server.kill)
                await asyncio.sleep(chance.uniform(0, 1))
                await asyncio.to_thread(server.start)
        over.set()

    def _keep(self) -> None:
        for part in self.parts.values():
            part.keep()
