# SPDX-License-Identifier: EUPL-1.2
"""Receipts of text messages, as operators brought them over SMPP."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import asyncpg

# What is final stays: receipts may overtake each other. Under way are ENROUTE, ACCEPTED and UNKNOWN.
_NOTE: Final = """
INSERT INTO sms_receipt AS r (provider, message_id, recipient, reference, state, error, created_at)
VALUES ($1, $2, $3, $4, $5, $6, now())
ON CONFLICT (provider, message_id) DO UPDATE SET state = excluded.state, error = excluded.error
WHERE r.state IN (1, 6, 7)
"""
_OF: Final = """
SELECT message_id, reference, state, error FROM sms_receipt WHERE provider = $1 AND message_id = ANY($2::text[])
"""
_ABOUT: Final = """
SELECT message_id, reference, state, error FROM sms_receipt
WHERE provider = $1 AND recipient = $2 AND reference = $3 AND created_at >= $4 ORDER BY created_at, message_id
"""


@dataclass(frozen=True, slots=True)
class KeptReceipt:
    """One, without the number that it is about."""

    message_id: str
    reference: int | None
    state: int
    error: str


class SmsReceipts:
    """All of this deployment."""

    def __init__(self, pool: "asyncpg.Pool[Any]") -> None:
        self._pool = pool

    async def note(self, provider: str, recipient: bytes, receipt: KeptReceipt) -> None:
        """Keep it; one that comes twice is one."""
        row = (receipt.message_id, recipient, receipt.reference, receipt.state, receipt.error)
        await self._pool.execute(_NOTE, provider, *row)

    async def of(self, provider: str, message_ids: Sequence[str]) -> list[KeptReceipt]:
        """Those of these messages."""
        return [KeptReceipt(**row) for row in await self._pool.fetch(_OF, provider, message_ids)]

    async def about(self, provider: str, recipient: bytes, reference: int, since: datetime) -> list[KeptReceipt]:
        """Those that name that reference, for that recipient, since then."""
        return [KeptReceipt(**row) for row in await self._pool.fetch(_ABOUT, provider, recipient, reference, since)]
