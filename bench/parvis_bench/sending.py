# SPDX-License-Identifier: EUPL-1.2
"""Sends records as fast as a bare client can, in a process of its own, and answers how many a second."""

import asyncio
import time
from typing import Any

import uvloop
from aiokafka import AIOKafkaProducer

from parvis_bench import child


async def _send(asked: dict[str, Any]) -> float:
    value, headers = b"x" * asked["bytes"], [(f"ce_{place}", b"y" * 36) for place in range(9)]
    async with AIOKafkaProducer(
        bootstrap_servers=asked["bootstrap_servers"], acks="all", enable_idempotence=True, max_batch_size=262_144
    ) as producer:
        began = time.monotonic()
        for first in range(0, asked["records"], 500):
            await asyncio.gather(
                *[
                    await producer.send(asked["topic"], value, key=str(number).encode(), headers=headers)
                    for number in range(first, first + 500)
                ]
            )
        return float(asked["records"] / (time.monotonic() - began))


if __name__ == "__main__":
    child.answer(uvloop.run(_send(child.question())))
