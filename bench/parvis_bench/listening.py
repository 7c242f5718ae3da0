# SPDX-License-Identifier: EUPL-1.2
"""Listens to a topic in a process of its own, and writes down when each event arrived: its key and the moment.

``requests``: with the kit's consumer, its inbox in the service's database. ``plain``: with a bare client.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import uvloop
from aiokafka import AIOKafkaConsumer
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db.database import open_database
from parvis_kit.messaging.consumer import Consumer
from parvis_kit.messaging.events import Event
from parvis_letters.burying import bury
from parvis_requests.settings import Settings

_READY: Final = "ready"
_START_SECONDS: Final = 60
# A fetch waits this long at most: the embedded broker does not wake a waiting one; a real one makes no use of it here.
_FETCH_MS: Final = 5


@dataclass(frozen=True, slots=True)
class Listener:
    """A running listener's notes."""

    notes: Path

    def arrivals(self) -> dict[str, int]:
        """Moment (CLOCK_MONOTONIC, in nanoseconds) of each arrival so far, by key."""
        lines = self.notes.read_text(encoding="ascii").splitlines()[1:]
        return {key: int(moment) for key, _, moment in (line.partition(" ") for line in lines)}


@contextmanager
def listener(folder: Path, asked: dict[str, Any]) -> Iterator[Listener]:
    """A listener that has joined its group."""
    notes = folder / f"{asked['how']}.notes"
    with notes.open("w", encoding="ascii") as output:
        command = [sys.executable, "-m", "parvis_bench.listening", json.dumps(asked)]
        process = subprocess.Popen(command, stdout=output)  # noqa: S603 - ourselves
    try:
        deadline = time.monotonic() + _START_SECONDS
        while not notes.read_text(encoding="ascii").startswith(_READY):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the listener does not join")
            time.sleep(0.1)
        yield Listener(notes)
    finally:
        process.terminate()
        process.wait()


def _note(key: str) -> None:
    print(key, time.monotonic_ns(), flush=True)


async def _consume(asked: dict[str, Any]) -> None:
    async def arrived(event: Event, _session: AsyncSession) -> None:
        _note(str(event.key))

    async with open_database(Settings.model_validate(asked["settings"]), "parvis-bench-listener") as database:
        consumer = Consumer(
            "bench",
            [asked["topic"]],
            {"fr.parvis.requests.request-submitted.v1": arrived},
            bury,
            database=database,
            bootstrap_servers=asked["bootstrap_servers"],
            fetch_max_wait_ms=_FETCH_MS,
        )
        running = asyncio.create_task(consumer.run())
        while await consumer.check() != _READY:  # noqa: ASYNC110 - its state is polled by /readyz, too
            await asyncio.sleep(0.05)
        print(_READY, flush=True)
        await running


async def _listen(asked: dict[str, Any]) -> None:
    client = AIOKafkaConsumer(
        asked["topic"],
        bootstrap_servers=asked["bootstrap_servers"],
        group_id="bench-plain",
        auto_offset_reset="earliest",
        fetch_max_wait_ms=_FETCH_MS,
    )
    await client.start()
    print(_READY, flush=True)
    async for record in client:
        _note(record.key.decode())


if __name__ == "__main__":
    _asked = json.loads(sys.argv[1])
    uvloop.run({"requests": _consume, "plain": _listen}[_asked["how"]](_asked))
