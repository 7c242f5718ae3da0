# SPDX-License-Identifier: EUPL-1.2
"""HTTP calls at a steady rate, from a process of its own: each is timed from the instant it was due.

So a server that stands still for a second is charged for all who waited in it, not for the one call that noticed.
"""

import asyncio
import itertools
import statistics
import time
from collections.abc import Sequence
from typing import Any

import uvloop

from parvis_bench import child

_END = b"\r\n\r\n"


def run_paced(
    address: str, requests: Sequence[tuple[str, str]], *, rate: float, connections: int = 32, expected: int = 200
) -> tuple[float, float]:
    """Send each of these requests once at that rate; returns answers a second and the 95th percentile in milliseconds.

    Raises CalledProcessError for an answer of another status.
    """
    question = {
        "address": address,
        "requests": list(requests),
        "rate": rate,
        "connections": connections,
        "expected": expected,
    }
    done = child.ask("pacing", question, seconds=len(requests) / rate + 300)
    return done["rate"], done["p95_ms"]


async def _run(asked: dict[str, Any]) -> dict[str, float]:
    host, _, port = asked["address"].rpartition(":")
    calls = [f"{head}\r\n\r\n{body}".encode() for head, body in asked["requests"]]
    begun = time.monotonic() + 1
    due = enumerate(calls)
    status, step = f"HTTP/1.1 {asked['expected']} ".encode(), 1 / asked["rate"]

    async def caller() -> list[float]:
        reader, writer = await asyncio.open_connection(host, int(port))
        taken = []
        for number, call in due:
            at = begun + number * step
            await asyncio.sleep(at - time.monotonic())
            writer.write(call)
            head = await reader.readuntil(_END)
            if not head.startswith(status):
                raise RuntimeError(head.decode("utf-8", "replace"))
            length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            await reader.readexactly(int(length.partition(b":")[2]))
            taken.append(time.monotonic() - at)
        writer.close()
        return taken

    times = list(itertools.chain(*await asyncio.gather(*(caller() for _ in range(asked["connections"])))))
    seconds = time.monotonic() - begun
    return {"rate": len(times) / seconds, "p95_ms": statistics.quantiles(times, n=100)[94] * 1_000}


if __name__ == "__main__":
    child.answer(uvloop.run(_run(child.question())))
