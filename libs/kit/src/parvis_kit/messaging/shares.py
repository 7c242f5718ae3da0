# SPDX-License-Identifier: EUPL-1.2
"""Which relay serves which buckets: session advisory locks, which a dead relay gives back by dying."""

from typing import Any, Final

from parvis_kit.messaging.outbox import BUCKETS

_CLASS: Final = 0x504152  # "PAR": our own space of two-key advisory locks
_PRESENT: Final = BUCKETS
_COUNT: Final = (
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = $1 AND objid = $2"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class Shares:
    """The buckets that one relay holds, on its own direct connection."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self.held: list[int] = []

    async def announce(self) -> None:
        """Count among the relays."""
        await self._connection.execute("SELECT pg_advisory_lock_shared($1, $2)", _CLASS, _PRESENT)

    async def balance(self) -> None:
        """Hold an equal share: give back what is too much, take what is free."""
        relays = await self._connection.fetchval(_COUNT, _CLASS, _PRESENT)
        share = -(-BUCKETS // max(relays, 1))
        while len(self.held) > share:
            await self._connection.execute("SELECT pg_advisory_unlock($1, $2)", _CLASS, self.held.pop())
        for bucket in range(BUCKETS):
            if len(self.held) >= share:
                break
            if bucket not in self.held and await self._connection.fetchval(
                "SELECT pg_try_advisory_lock($1, $2)", _CLASS, bucket
            ):
                self.held.append(bucket)
