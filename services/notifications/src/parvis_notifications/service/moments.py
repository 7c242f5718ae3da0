# SPDX-License-Identifier: EUPL-1.2
"""What many watch is counted once a moment for all of them, however many ask."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Count:
    task: "asyncio.Task[Any]"
    began_at: float


class Moments:
    """Those of one process; what was counted is forgotten after so many seconds."""

    def __init__(self, seconds: float = 1.0) -> None:
        self._seconds = seconds
        self._counts: dict[Hashable, _Count] = {}

    async def fresh(self, key: Hashable, count: Callable[[], Awaitable[T]]) -> T:
        """As it stands now; raises what ``count`` raises."""
        return cast("T", await self._of(self._begin(key, count)))

    async def recent(self, key: Hashable, count: Callable[[], Awaitable[T]]) -> T:
        """As it stood a moment ago, where somebody has just asked; raises what ``count`` raises."""
        known = self._counts.get(key)
        if known is None or (known.task.done() and self._over(known)):
            known = self._begin(key, count)
        return cast("T", await self._of(known))

    async def _of(self, known: _Count) -> Any:
        # Who goes away stops it for nobody else.
        return await asyncio.shield(known.task)

    def _begin(self, key: Hashable, count: Callable[[], Awaitable[Any]]) -> _Count:
        for each in [each for each, known in self._counts.items() if known.task.done() and self._over(known)]:
            del self._counts[each]
        begun = _Count(asyncio.ensure_future(_awaited(count)), _now())
        self._counts[key] = begun

        def ended(task: "asyncio.Task[Any]") -> None:
            failed = task.cancelled() or task.exception() is not None
            if failed and self._counts.get(key) is begun:
                del self._counts[key]

        begun.task.add_done_callback(ended)
        return begun

    def _over(self, known: _Count) -> bool:
        return _now() - known.began_at >= self._seconds


async def _awaited(count: Callable[[], Awaitable[T]]) -> T:
    return await count()


def _now() -> float:
    return asyncio.get_running_loop().time()
