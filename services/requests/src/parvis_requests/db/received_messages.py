# SPDX-License-Identifier: EUPL-1.2
"""What notifications holds for us: noted by the event, claimed, stored once, and forgotten in the end."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db.tables import ReceivedMessage

_CLAIM: Final = """
UPDATE received_message SET due_at = now() + $1, attempts = least(attempts + 1, 30000)
WHERE id = (SELECT id FROM received_message WHERE due_at <= now()
    ORDER BY reply DESC, due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, collectivity, state = 'stored' AS stored, attempts, created_at AS noted_at
"""
_LATER: Final = "UPDATE received_message SET due_at = now() + $2 WHERE id = $1"
_DROP: Final = "DELETE FROM received_message WHERE id = $1"


@dataclass(frozen=True, slots=True)
class Claimed:
    """One in the hands of a worker; ``stored`` where only notifications has to be told."""

    id: UUID
    collectivity: str
    stored: bool
    attempts: int
    noted_at: datetime


async def note(session: AsyncSession, message_id: UUID, collectivity: str, now: datetime, *, reply: bool) -> None:
    """Remember to fetch it, in the event's transaction; what answers a message of ours before what strangers write."""
    values = {"id": message_id, "collectivity": collectivity, "state": "waiting", "attempts": 0, "reply": reply}
    await session.execute(insert(ReceivedMessage).values(**values, due_at=now, created_at=now).on_conflict_do_nothing())


async def stored(session: AsyncSession, message_id: UUID) -> bool:
    """Mark it in the transaction that stores what it says; False where another worker came first."""
    waiting = (ReceivedMessage.id == message_id, ReceivedMessage.state == "waiting")
    marked = update(ReceivedMessage).where(*waiting).values(state="stored").returning(ReceivedMessage.id)
    return (await session.execute(marked)).first() is not None


class ReceivedMessages:
    """Those that wait."""

    def __init__(self, pool: "asyncpg.Pool[Any]") -> None:
        self._pool = pool

    async def claim(self, lease: timedelta) -> Claimed | None:
        """The next one that is due, for that long."""
        row = await self._pool.fetchrow(_CLAIM, lease)
        return Claimed(**row) if row else None

    async def later(self, message_id: UUID, pause: timedelta) -> None:
        """Again after that time."""
        await self._pool.execute(_LATER, message_id, pause)

    async def drop(self, message_id: UUID) -> None:
        """It is here and destroyed there, or is nowhere any more."""
        await self._pool.execute(_DROP, message_id)
