# SPDX-License-Identifier: EUPL-1.2
"""Calls of one moment share a round trip, and nothing else."""

import asyncio
from collections.abc import Sequence

import pytest

from parvis_batching.batches import Batches
from parvis_kit.problems import Problem


class Far:
    """Doubles numbers when it is let; -1 fails alone, 0 the whole batch."""

    def __init__(self) -> None:
        self.sent: list[list[int]] = []
        self.let = asyncio.Event()

    async def send(self, numbers: Sequence[int]) -> Sequence[int | Exception]:
        self.sent.append(list(numbers))
        await self.let.wait()
        if 0 in numbers:
            raise ZeroDivisionError
        return [ArithmeticError() if number < 0 else 2 * number for number in numbers]


def batches(far: Far, *, size: int = 3, at_once: int = 1, waiting: int = 9) -> Batches[int, int]:
    return Batches(far.send, size=size, at_once=at_once, waiting=waiting)


async def test_who_comes_alone_goes_at_once_and_so_does_who_comes_right_after() -> None:
    far = Far()
    far.let.set()
    together = batches(far)
    async with asyncio.timeout(5):
        assert [await together.ask(number) for number in (1, 2)] == [2, 4]
    assert far.sent == [[1], [2]]


async def test_who_comes_meanwhile_goes_together_in_the_order_of_coming_and_so_many_at_most() -> None:
    far = Far()
    together = batches(far)
    first = asyncio.create_task(together.ask(1))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    others = [asyncio.create_task(together.ask(number)) for number in range(2, 7)]
    await asyncio.sleep(0)
    assert far.sent == [[1]]
    far.let.set()
    assert list(await asyncio.gather(first, *others)) == [2, 4, 6, 8, 10, 12]
    assert far.sent == [[1], [2, 3, 4], [5, 6]]


async def test_one_failure_is_one_callers_and_that_of_a_batch_all_of_theirs() -> None:
    far = Far()
    far.let.set()
    together = batches(far)
    told = await asyncio.gather(*map(together.ask, (1, -1, 2)), *map(together.ask, (3, 0)), return_exceptions=True)
    assert [told[0], type(told[1]), told[2]] == [2, ArithmeticError, 4]
    assert [type(one) for one in told[3:]] == [ZeroDivisionError] * 2
    assert await together.ask(5) == 10


async def test_too_few_answers_are_nobodys() -> None:
    async def short(numbers: Sequence[int]) -> Sequence[int | Exception]:
        return list(numbers)[1:]

    together: Batches[int, int] = Batches(short, size=3, at_once=1, waiting=9)
    told = await asyncio.gather(*map(together.ask, (1, 2, 3)), return_exceptions=True)
    assert [type(one) for one in told] == [ValueError] * 3


async def test_no_more_wait_than_may_and_who_went_away_is_not_asked_for() -> None:
    far = Far()
    together = batches(far, waiting=2)
    first = asyncio.create_task(together.ask(1))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    gone, stays = (asyncio.create_task(together.ask(number)) for number in (2, 3))
    await asyncio.sleep(0)
    with pytest.raises(Problem) as full:
        await together.ask(4)
    assert full.value.kind.status == 503
    gone.cancel()
    await asyncio.sleep(0)
    far.let.set()
    assert list(await asyncio.gather(first, stays)) == [2, 6]
    assert far.sent == [[1], [3]]


async def test_a_batch_that_takes_long_holds_up_nobody_who_came_after_it() -> None:
    stuck = asyncio.Event()

    async def send(numbers: Sequence[int]) -> Sequence[int | Exception]:
        sent.append(list(numbers))
        if 1 in numbers:
            await stuck.wait()
        return list(numbers)

    sent: list[list[int]] = []
    together: Batches[int, int] = Batches(send, size=2, at_once=2, waiting=9, patience=0.01)
    first = asyncio.create_task(together.ask(1))
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        assert await asyncio.gather(*map(together.ask, (2, 3, 4))) == [2, 3, 4]
        assert await together.ask(5) == 5
    assert sent[:3] == [[1], [2, 3], [4]]
    stuck.set()
    assert await first == 1


async def test_two_that_take_long_are_the_most_that_are_under_way_where_two_may() -> None:
    far = Far()
    together = Batches[int, int](far.send, size=1, at_once=2, waiting=9, patience=0.001)
    asked = [asyncio.create_task(together.ask(number)) for number in (1, 2, 3)]
    async with asyncio.timeout(5):
        while len(far.sent) < 2:  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(0.001)
    await asyncio.sleep(0.05)
    assert far.sent == [[1], [2]]
    far.let.set()
    async with asyncio.timeout(5):
        assert await asyncio.gather(*asked) == [2, 4, 6]


async def test_quick_batches_stay_one_at_a_time() -> None:
    under_way, most = 0, 0

    async def send(numbers: Sequence[int]) -> Sequence[int | Exception]:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        return list(numbers)

    together: Batches[int, int] = Batches(send, size=2, at_once=4, waiting=99, patience=5)
    assert await asyncio.gather(*map(together.ask, range(50))) == list(range(50))
    assert most == 1
