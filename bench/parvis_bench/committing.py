# SPDX-License-Identifier: EUPL-1.2
"""Makes a steady stream of events in a process of its own, and notes when each was told.

``requests``: requests are submitted as the service submits them, the waker beside; told means committed.
``plain``: records are sent straight to the broker; told means handed to the producer.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID, uuid4

import uvloop
from aiokafka import AIOKafkaProducer

from parvis_bench import child
from parvis_bench.submitting import Submitter
from parvis_kit.runtime import open_runtime
from parvis_requests.settings import MIGRATIONS, Settings

Tell = Callable[[], Coroutine[Any, Any, tuple[str, int]]]


async def _submitting(asked: dict[str, Any], stack: AsyncExitStack) -> Tell:
    settings = Settings.model_validate(asked["settings"])
    people = [UUID(person) for person in asked["people"]]
    runtime = await stack.enter_async_context(open_runtime("requests", "bench", settings, MIGRATIONS))
    stack.callback(asyncio.create_task(runtime.waker.run()).cancel)
    await runtime.persons.of_many(set(people))
    submitter = Submitter(runtime, people)
    await submitter.begin()

    async def tell() -> tuple[str, int]:
        return await submitter.one(), time.monotonic_ns()

    return tell


async def _sending(asked: dict[str, Any], stack: AsyncExitStack) -> Tell:
    producer = AIOKafkaProducer(bootstrap_servers=asked["bootstrap_servers"], acks="all", enable_idempotence=True)
    await producer.start()
    stack.push_async_callback(producer.stop)

    async def tell() -> tuple[str, int]:
        name, now = str(uuid4()), time.monotonic_ns()
        await producer.send_and_wait(asked["topic"], b"{}" * 200, key=name.encode())
        return name, now

    return tell


async def _run(asked: dict[str, Any]) -> dict[str, int]:
    async with AsyncExitStack() as stack:
        tell = await {"requests": _submitting, "plain": _sending}[asked["how"]](asked, stack)
        await tell()
        tasks: list[asyncio.Task[tuple[str, int]]] = []
        started = time.monotonic()
        for number in range(int(asked["rate"] * asked["seconds"])):
            await asyncio.sleep(started + number / asked["rate"] - time.monotonic())
            tasks.append(asyncio.create_task(tell()))
        return dict(await asyncio.gather(*tasks))


if __name__ == "__main__":
    child.answer(uvloop.run(_run(child.question())))
