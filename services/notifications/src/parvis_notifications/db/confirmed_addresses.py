# SPDX-License-Identifier: EUPL-1.2
"""Who has confirmed an address anew, of whom nobody here knows which it is: asked for, so that it is tried."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_notifications.domain.topic import Channel

# Who subscribes to something is asked for anyway.
_ASK: Final = text("""
INSERT INTO confirmed_address (person, channel, collectivity, due_at)
SELECT :person, :channel, :collectivity, now()
WHERE NOT EXISTS (SELECT 1 FROM subscriber s WHERE s.person = :person)
ON CONFLICT (person, channel) DO UPDATE SET due_at = now(), collectivity = excluded.collectivity
""")
_CLAIM: Final = """
WITH due AS (
    SELECT person, channel FROM confirmed_address WHERE due_at <= now() ORDER BY due_at LIMIT $1
    FOR UPDATE SKIP LOCKED)
UPDATE confirmed_address c SET due_at = now() + $2 FROM due WHERE c.person = due.person AND c.channel = due.channel
RETURNING c.person, c.channel, c.collectivity, c.due_at
"""
_DONE: Final = "DELETE FROM confirmed_address WHERE person = $1 AND channel = $2 AND due_at = $3"


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Somebody's address of a channel, for a worker until ``due_at``."""

    person: UUID
    channel: str
    collectivity: str
    due_at: datetime


async def ask(session: AsyncSession, person: UUID, collectivity: str, channel: Channel) -> None:
    """In the caller's transaction."""
    await session.execute(_ASK, {"person": person, "channel": channel.value, "collectivity": collectivity})


async def claim(pool: "asyncpg.Pool[Any]", limit: int, lease: timedelta) -> Sequence[Confirmed]:
    """Some that are due, for that long."""
    return [Confirmed(**row) for row in await pool.fetch(_CLAIM, limit, lease)]


async def done(pool: "asyncpg.Pool[Any]", one: Confirmed) -> None:
    """It was tried, or there is none; what was confirmed since is asked for still."""
    await pool.execute(_DONE, one.person, one.channel, one.due_at)
