# SPDX-License-Identifier: EUPL-1.2
"""How far providers' lists of what came in were looked through; one worker at a time looks at one number."""

from datetime import datetime, timedelta
from typing import Any, Final

import asyncpg

# A number that has become another town's begins anew.
_BEGIN: Final = """
INSERT INTO inbound_look (provider, number, collectivity, begun_at, seen_at, due_at)
VALUES ($1, $2, $3, now(), now(), now()) ON CONFLICT (provider, number)
DO UPDATE SET collectivity = $3, begun_at = now(), seen_at = now() WHERE inbound_look.collectivity <> $3
"""
_CLAIM: Final = """
UPDATE inbound_look SET due_at = now() + $4
WHERE provider = $1 AND number = $2 AND collectivity = $3 AND due_at <= now()
RETURNING begun_at, seen_at
"""
_SEEN: Final = """
UPDATE inbound_look SET seen_at = greatest(seen_at, $4), due_at = now() + $5
WHERE provider = $1 AND number = $2 AND collectivity = $3
"""
_PUT_OFF: Final = (
    "UPDATE inbound_look SET due_at = now() + $4 WHERE provider = $1 AND number = $2 AND collectivity = $3"
)


class InboundLooks:
    """Those of all numbers; one is named by its provider, the number and the town whose it is."""

    def __init__(self, pool: "asyncpg.Pool[Any]") -> None:
        self._pool = pool

    async def begin(self, provider: str, number: str, collectivity: str) -> None:
        """Look at that number from now on, where nobody does yet."""
        await self._pool.execute(_BEGIN, provider, number, collectivity)

    async def claim(
        self, provider: str, number: str, collectivity: str, lease: timedelta
    ) -> tuple[datetime, datetime] | None:
        """Since when it is looked at, and up to when it was; None where it is not due, or another looks."""
        row = await self._pool.fetchrow(_CLAIM, provider, number, collectivity, lease)
        return None if row is None else (row["begun_at"], row["seen_at"])

    async def seen(self, provider: str, number: str, collectivity: str, until: datetime, pause: timedelta) -> None:
        """It was looked through until then; it is looked at again after the pause."""
        await self._pool.execute(_SEEN, provider, number, collectivity, until, pause)

    async def put_off(self, provider: str, number: str, collectivity: str, pause: timedelta) -> None:
        """Nobody looks before the pause is over: none could, or who looks is at it still."""
        await self._pool.execute(_PUT_OFF, provider, number, collectivity, pause)
