# SPDX-License-Identifier: EUPL-1.2
"""Posts to a receiver with a bare aiohttp client, 16 calls at a time, and answers how many a second."""

import asyncio
import time
from typing import Any

import aiohttp
import uvloop

from parvis_bench import child


async def _post(asked: dict[str, Any]) -> float:
    left = iter(range(asked["calls"]))

    async def calling(session: aiohttp.ClientSession) -> None:
        for _ in left:
            async with session.post(asked["url"], data=b"x" * asked["bytes"]) as response:
                await response.read()

    async with aiohttp.ClientSession() as session:
        began = time.monotonic()
        await asyncio.gather(*(calling(session) for _ in range(16)))
        return float(asked["calls"] / (time.monotonic() - began))


if __name__ == "__main__":
    child.answer(uvloop.run(_post(child.question())))
