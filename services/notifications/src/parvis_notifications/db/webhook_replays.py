# SPDX-License-Identifier: EUPL-1.2
"""Deliveries made anew out of the log of events, in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

LIMIT: Final = 5_000
# One on its way is left to go its way; of one that has been delivered or has failed the next attempt is the first.
_REPLAY: Final = text("""
WITH wanted AS (
    SELECT e.id, e.lane, e.sequence, e.position FROM webhook_event e JOIN webhook_subscription s ON s.id = :subscription
    WHERE e.collectivity = s.collectivity AND e.position > :after AND e.event_type = ANY(s.event_types)
        AND (s.request_types IS NULL OR e.request_type = ANY(s.request_types))
        AND (s.areas IS NULL OR e.area = ANY(s.areas))
        AND (CAST(:types AS text[]) IS NULL OR e.event_type = ANY(CAST(:types AS text[])))
        AND (CAST(:subject AS uuid) IS NULL OR e.lane = CAST(:subject AS uuid))
        AND (CAST(:until AS timestamptz) IS NULL OR e.created_at < CAST(:until AS timestamptz))
    ORDER BY e.position LIMIT :limit),
made AS (
    INSERT INTO webhook_delivery
        (id, collectivity, subscription_id, event_id, lane, sequence, state, attempts, due_at, created_at)
    SELECT gen_random_uuid(), :collectivity, :subscription, id, lane, sequence, 'pending', 0, now(), now() FROM wanted
    ON CONFLICT (subscription_id, event_id) DO UPDATE SET state = 'pending', attempts = 0, due_at = now(), claim = NULL,
        delivered_at = NULL WHERE webhook_delivery.state IN ('delivered', 'failed')
    RETURNING 1)
SELECT (SELECT count(*) FROM made) AS made, (SELECT count(*) FROM wanted) AS wanted,
    (SELECT max(position) FROM wanted) AS reached
""")


@dataclass(frozen=True, slots=True)
class Part:
    """What is sent again: after a position, and where these are named told before a time, of types, about one thing."""

    after: int
    until: datetime | None = None
    types: Sequence[str] | None = None
    subject: UUID | None = None


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many deliveries were made, and how far the replay came; ``more`` where it stopped for their number."""

    deliveries: int
    reached: int
    more: bool


async def replay(session: AsyncSession, collectivity: str, subscription: UUID, part: Part) -> Replayed:
    """Send again what the subscription wants of that part of the log, in the caller's transaction."""
    values = {"collectivity": collectivity, "subscription": subscription, "limit": LIMIT}
    values |= {"after": part.after, "until": part.until, "subject": part.subject, "types": part.types}
    row = (await session.execute(_REPLAY, values)).one()
    return Replayed(row.made, row.reached or part.after, row.wanted == LIMIT)
