# SPDX-License-Identifier: EUPL-1.2
"""The turns that all workers of a deployment have with each provider: one row for each, by the database's clock.

A row is read, and changed where nobody has since: no lock outlives a statement, whatever becomes of a worker.
"""

from typing import Any, Final

import asyncpg

from parvis_notifications.domain.pace import Grant, Standing, reserve

_READ: Final = "SELECT clock_timestamp() AS now, next_at, held_until, version FROM provider_pace WHERE provider = $1"
_FIRST: Final = """
INSERT INTO provider_pace (provider, next_at, held_until) VALUES ($1, now(), now()) ON CONFLICT DO NOTHING
"""
_KEEP: Final = """
UPDATE provider_pace SET next_at = $3, held_until = $4, version = version + 1 WHERE provider = $1 AND version = $2
RETURNING version
"""


class Paces:
    """Of all providers; each is named by its channel and its own name."""

    def __init__(self, pool: "asyncpg.Pool[Any]") -> None:
        self._pool = pool

    async def reserve(self, provider: str, per_second: float, wanted: int, *, urgent: bool) -> Grant:
        """Turns for this worker alone, or after which time to ask again; ``urgent`` for alerts."""
        while True:
            row = await self._pool.fetchrow(_READ, provider)
            if row is None:
                await self._pool.execute(_FIRST, provider)
                continue
            before = Standing(row["next_at"], row["held_until"])
            after, grant = reserve(before, row["now"], per_second, wanted, urgent=urgent)
            kept = (provider, row["version"], after.next_at, after.held_until)
            if after == before or await self._pool.fetchval(_KEEP, *kept) is not None:
                return grant
