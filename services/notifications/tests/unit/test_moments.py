# SPDX-License-Identifier: EUPL-1.2
"""What many ask for at once is counted once, and whoever goes away stops it for nobody else."""

import asyncio

import pytest

from parvis_notifications.service.moments import Moments


class Count:
    """Counts how often it was asked; answers once it is let go."""

    def __init__(self) -> None:
        self.asked = 0
        self.go = asyncio.Event()
        self.fails = False

    async def __call__(self) -> int:
        self.asked += 1
        asked = self.asked
        await self.go.wait()
        if self.fails:
            raise LookupError
        return asked


async def test_who_comes_meanwhile_waits_for_the_same_count() -> None:
    moments, count = Moments(60.0), Count()
    first, second = (asyncio.create_task(moments.recent("a", count)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    count.go.set()
    assert await second == 1
    assert await moments.recent("a", count) == 1
    assert await moments.recent("b", count) == 2
    assert await moments.fresh("a", count) == 3
    assert await moments.recent("a", count) == 3


async def test_what_was_counted_is_forgotten_after_a_moment() -> None:
    moments, count = Moments(0.0), Count()
    count.go.set()
    assert [await moments.recent(key, count) for key in ("a", "a", "b")] == [1, 2, 3]
    assert len(moments._counts) == 1  # noqa: SLF001 - nothing is kept for ever


async def test_what_fails_is_asked_again() -> None:
    moments, count = Moments(60.0), Count()
    count.go.set()
    count.fails = True
    with pytest.raises(LookupError):
        await moments.recent("a", count)
    count.fails = False
    assert await moments.recent("a", count) == 2
