# SPDX-License-Identifier: EUPL-1.2
"""Warnings to the owners of webhook subscriptions on their way; each step is one statement.

A warning is ``pending``, ``sending`` (claimed), ``sent`` or ``failed``. That of a subscription which was disabled is
made in the statement that disables it (``db/webhook_deliveries.py``).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg

# Of a subscriber that takes events again there is nothing to tell any more.
_NOTE: Final = """
WITH well AS (
    DELETE FROM webhook_warning w USING webhook_subscription s
    WHERE w.reason = 'unanswered' AND w.state = 'pending' AND s.id = w.subscription_id
        AND s.failing_since IS DISTINCT FROM w.since_at)
INSERT INTO webhook_warning (id, collectivity, subscription_id, reason, since_at, state, attempts, due_at, created_at)
SELECT gen_random_uuid(), collectivity, id, 'unanswered', failing_since, 'pending', 0, now(), now()
FROM webhook_subscription
WHERE state = 'active' AND contact_email IS NOT NULL AND failing_since < now() - $1::interval
ON CONFLICT DO NOTHING
"""
_CLAIM: Final = """
WITH due AS (
    SELECT id FROM webhook_warning WHERE state IN ('pending', 'sending') AND due_at <= now()
    ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
UPDATE webhook_warning w SET state = 'sending', claim = $1, due_at = now() + $2
FROM due, webhook_subscription s WHERE w.id = due.id AND s.id = w.subscription_id
RETURNING w.id, w.collectivity, w.subscription_id, w.reason, w.since_at, w.attempts, w.created_at, s.client_id, s.url,
    s.description, s.contact_email
"""
_HAND_OVER: Final = """
UPDATE webhook_warning SET attempts = attempts + 1, due_at = now() + $3
WHERE id = $1 AND claim = $2 AND state = 'sending' RETURNING true
"""
_SETTLE: Final = """
UPDATE webhook_warning SET state = $3, due_at = now() + $4, last_reply = $5, claim = NULL
WHERE id = $1 AND claim = $2 AND state = 'sending'
"""


@dataclass(frozen=True, slots=True)
class ClaimedWarning:
    """A warning in the hands of one worker, until its claim runs out; the address is sealed."""

    id: UUID
    collectivity: str
    subscription_id: UUID
    reason: str
    since_at: datetime
    attempts: int
    created_at: datetime
    client_id: str
    url: str
    description: str | None
    contact_email: bytes | None


class WebhookWarnings:
    """The warnings of this service."""

    def __init__(self, pool: "asyncpg.Pool[Any]") -> None:
        self._pool = pool

    async def note(self, after: timedelta) -> None:
        """Have the owner told of each subscription that has taken nothing for that long, once."""
        await self._pool.execute(_NOTE, after)

    async def claim(self, claim: UUID, *, lease: timedelta) -> ClaimedWarning | None:
        """The next due warning, for that long."""
        row = await self._pool.fetchrow(_CLAIM, claim, lease)
        return None if row is None else ClaimedWarning(**row)

    async def hand_over(self, warning: UUID, claim: UUID, *, lease: timedelta) -> bool:
        """Say that the content goes out now, for at most that long; False when the claim has run out."""
        return bool(await self._pool.fetchval(_HAND_OVER, warning, claim, lease))

    async def settle(
        self, warning: UUID, claim: UUID, state: str, reply: str, *, pause: timedelta = timedelta()
    ) -> None:
        """Record what came of an attempt; ``pause`` is the time until the next one."""
        await self._pool.execute(_SETTLE, warning, claim, state, pause, reply)
