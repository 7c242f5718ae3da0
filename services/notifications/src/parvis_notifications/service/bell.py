# SPDX-License-Identifier: EUPL-1.2
"""Wakes the loops of this process when something was committed: a hint; each also looks by itself."""

import asyncio
import contextlib


class Bell:
    """One for each loop."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """There may be work; returns at once."""
        self._rung.set()

    async def wait(self, seconds: float) -> None:
        """Until it rings, at most that long."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._rung.wait(), seconds)
        self._rung.clear()
