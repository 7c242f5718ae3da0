# SPDX-License-Identifier: EUPL-1.2
"""Tells the relay that something was committed: a hint, never a guarantee (the relay also polls)."""

import asyncio
import contextlib
from typing import Final

import asyncpg

from parvis_kit.db.database import CONNECTION_ERRORS, Connections

CHANNEL: Final = "outbox"
_DEBOUNCE_SECONDS: Final = 0.002
# Where commits come in a rush, a hint costs each side as much as a tenth of a commit: one in ten milliseconds will do.
_REST_SECONDS: Final = 0.006


class Waker:
    """One NOTIFY for all the commits of two milliseconds, of ten where more follow.

    Never inside the transaction of the act: a transaction with a pending NOTIFY takes an instance-wide lock at its
    commit, which halves the commit rate. Nor does the hint wait for the disk: what it tells of is there already.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._wanted = asyncio.Event()

    def wake(self) -> None:
        """Something was committed; returns at once."""
        self._wanted.set()

    async def run(self) -> None:
        """Send the hints until cancelled."""
        while True:
            await self._wanted.wait()
            await asyncio.sleep(_DEBOUNCE_SECONDS)
            self._wanted.clear()
            with contextlib.suppress(*CONNECTION_ERRORS, asyncpg.PostgresError):
                async with self._connections.lend() as connection:
                    await connection.execute(f"SET LOCAL synchronous_commit TO off; NOTIFY {CHANNEL}")
            await asyncio.sleep(_REST_SECONDS)
