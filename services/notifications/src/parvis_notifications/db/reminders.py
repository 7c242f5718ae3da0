# SPDX-License-Identifier: EUPL-1.2
"""Reminders: kept, moved and dropped with what they are about, and turned into notices at their time."""

from typing import Any, Final
from uuid import UUID

import asyncpg
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_notifications.db.tables import Reminder

# A notice of this service's own: the reminder's id is the event that it comes of.
_RING: Final = """
WITH due AS (SELECT id FROM reminder WHERE due_at <= now() ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED),
gone AS (DELETE FROM reminder r USING due WHERE r.id = due.id RETURNING r.*),
told AS (
    INSERT INTO notice (id, collectivity, event_source, event_id, template, person, request_id, reference, sequence,
        state, attempts, due_at, created_at)
    SELECT id, collectivity, $2, id, template, person, subject, reference, sequence, 'pending', 0, now(), now()
    FROM gone WHERE useless_at > now() ON CONFLICT DO NOTHING RETURNING 1)
SELECT (SELECT count(*) FROM gone) AS rung, (SELECT count(*) FROM told) AS told
"""
_SOURCE: Final = "/parvis/notifications/reminders"


async def keep(session: AsyncSession, **values: Any) -> None:
    """Keep a reminder, in place of the one that an earlier event left."""
    new = insert(Reminder).values(id=uuid7(), **values)
    moved = {name: new.excluded[name] for name in ("id", "person", "sequence", "due_at", "useless_at")}
    later = Reminder.sequence < new.excluded.sequence
    key = ["subject", "source", "template"]
    await session.execute(new.on_conflict_do_update(index_elements=key, set_=moved, where=later))


async def drop(session: AsyncSession, source: str, subject: UUID) -> None:
    """Nobody is reminded of it any more."""
    await session.execute(delete(Reminder).where(Reminder.subject == subject, Reminder.source == source))


async def ring(pool: "asyncpg.Pool[Any]", limit: int) -> tuple[int, int]:
    """Turn those that are due into notices, at most so many; returns how many were due, and how many are told."""
    row = await pool.fetchrow(_RING, limit, _SOURCE)
    return (row["rung"], row["told"]) if row else (0, 0)
