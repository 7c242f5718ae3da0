# SPDX-License-Identifier: EUPL-1.2
"""HTTP load from a process of its own, over loopback: a few connections, each with one call in flight.

It writes ready-made bytes and reads no more of an answer than its status and length, so that it takes little of the
machine from what it measures. An answer of another status than the expected one ends it: errors are fast.
"""

import asyncio
import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import uvloop

from parvis_bench import child

_END = b"\r\n\r\n"
_LENGTH = b"\r\ncontent-length: "


@dataclass(frozen=True, slots=True)
class Load:
    """What one load did."""

    answers: int
    seconds: float

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds


def run_load(
    address: str, requests: Sequence[tuple[str, str]], *, seconds: float, connections: int = 16, expected: int = 200
) -> Load:
    """Send these requests in turn, as heads (without their empty line) and bodies, for so many seconds.

    Each gets an ``Idempotency-Key`` of its own.
    """
    question = {
        "address": address,
        "requests": list(requests),
        "seconds": seconds,
        "connections": connections,
        "expected": expected,
    }
    return Load(**child.ask("load", question, seconds=seconds + 30))


class _Caller(asyncio.Protocol):
    def __init__(self, requests: "itertools.cycle[tuple[bytes, bytes]]", expected: int, until: float) -> None:
        self._requests = requests
        self._status = f"HTTP/1.1 {expected} ".encode()
        self._until = until
        self._read = bytearray()
        self._keys = itertools.count()
        self._name = uuid4().hex.encode()
        self.answers = 0
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._call()

    def data_received(self, data: bytes) -> None:
        self._read += data
        head = self._read.find(_END)
        if head < 0:
            return
        if not self._read.startswith(self._status):
            self._fail(bytes(self._read[:2_000]).decode("utf-8", "replace"))
            return
        at = self._read.lower().find(_LENGTH, 0, head)
        if at < 0:
            self._fail("an answer without its length")
            return
        length = int(self._read[at + len(_LENGTH) : self._read.find(b"\r", at + len(_LENGTH))])
        if len(self._read) < head + len(_END) + length:
            return
        self._read.clear()
        self.answers += 1
        if time.monotonic() < self._until:
            self._call()
        elif not self.ended.done():
            self.ended.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(f"the connection was closed: {exc}")

    def _call(self) -> None:
        head, body = next(self._requests)
        key = b"\r\nIdempotency-Key: %b-%d\r\n\r\n" % (self._name, next(self._keys))
        self._transport.write(head + key + body)

    def _fail(self, reason: str) -> None:
        if not self.ended.done():
            self.ended.set_exception(RuntimeError(reason))


async def _run(asked: dict[str, Any]) -> Load:
    host, _, port = asked["address"].rpartition(":")
    requests = itertools.cycle([(head.encode(), body.encode()) for head, body in asked["requests"]])
    started = time.monotonic()
    until = started + asked["seconds"]
    loop = asyncio.get_running_loop()
    callers = [
        (await loop.create_connection(lambda: _Caller(requests, asked["expected"], until), host, int(port)))[1]
        for _ in range(asked["connections"])
    ]
    await asyncio.gather(*(caller.ended for caller in callers))
    return Load(sum(caller.answers for caller in callers), time.monotonic() - started)


if __name__ == "__main__":
    done = uvloop.run(_run(child.question()))
    child.answer({"answers": done.answers, "seconds": done.seconds})
