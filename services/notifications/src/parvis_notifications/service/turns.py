# SPDX-License-Identifier: EUPL-1.2
"""The turns that this worker's calls to one provider have, among those of all workers."""

import asyncio

from parvis_notifications.db.paces import Paces
from parvis_notifications.domain.pace import Run


class Turns:
    """With one provider, which takes so many calls a second; alerts have turns of their own, before all others."""

    def __init__(self, paces: Paces, provider: str, per_second: float) -> None:
        self.per_second = per_second
        self._lanes = {urgent: _Lane(paces, provider, per_second, urgent=urgent) for urgent in (True, False)}

    async def wait(self, *, urgent: bool = False) -> None:
        """Until the turn of whoever asks; raises what the database raises."""
        await self._lanes[urgent].wait()


class _Lane:
    def __init__(self, paces: Paces, provider: str, per_second: float, *, urgent: bool) -> None:
        self._paces = paces
        self._provider = provider
        self._per_second = per_second
        self._urgent = urgent
        self._run = Run(per_second)
        self._asking = asyncio.Lock()
        self._waiting = 0

    async def wait(self) -> None:
        self._waiting += 1
        try:
            async with self._asking:  # in the order in which they came
                seconds = await self._next()
        finally:
            self._waiting -= 1
        await asyncio.sleep(seconds)

    async def _next(self) -> float:
        """Seconds until the next turn, which is reserved first where this worker has none."""
        while (seconds := self._run.take(_now())) is None:
            asked = _now()
            wanted = self._run.wanted(asked, self._waiting)
            grant = await self._paces.reserve(self._provider, self._per_second, wanted, urgent=self._urgent)
            wait = grant.wait.total_seconds()
            if grant.turns:
                # Of when it was asked: where the answer is late they are others' turns by now, and are lost.
                self._run.add(grant.turns, asked + wait)
            else:
                await asyncio.sleep(wait)
        return seconds


def _now() -> float:
    return asyncio.get_running_loop().time()
