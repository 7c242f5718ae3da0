# SPDX-License-Identifier: EUPL-1.2
"""Webhook deliveries on their way; each step is one statement.

A delivery is ``pending``, ``sending`` (claimed), ``delivered`` or ``failed``. Of one subscription and lane only the
first unfinished one can be claimed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_kit.messaging.events import Event
from parvis_notifications.db.webhook_tables import WebhookDelivery, WebhookEvent
from parvis_notifications.domain.webhook import DeliveryState

SEALED_CONTENT: Final = "webhook_event.content"
"""Where an event has a person, the name under which their key seals it."""
_DUE_SUBSCRIPTIONS: Final = """
SELECT id, url, secrets, failing FROM (
    SELECT s.id, s.url, s.failing_since IS NOT NULL AS failing,
        CASE WHEN s.previous_secret_until > now() THEN ARRAY[s.secret, s.previous_secret]
            ELSE ARRAY[s.secret] END AS secrets,
        row_number() OVER (PARTITION BY s.failing_since IS NULL ORDER BY random()) AS place
    FROM webhook_subscription s
    WHERE s.state = 'active' AND (s.paused_until IS NULL OR s.paused_until <= now()) AND s.id <> ALL($1)
        AND EXISTS (SELECT 1 FROM webhook_delivery d WHERE d.subscription_id = s.id
            AND d.state IN ('pending', 'sending') AND d.due_at <= now())) AS due
WHERE place <= $3 OR NOT failing
ORDER BY failing, place LIMIT $2
"""
# The first of its lane, by the index whose order it is: of what waits, the planner's numbers say nothing in a rush.
_CLAIM: Final = """
WITH due AS (
    SELECT d.id FROM webhook_delivery d
    WHERE d.subscription_id = $2 AND d.state IN ('pending', 'sending') AND d.due_at <= now() AND d.id = (
        SELECT e.id FROM webhook_delivery e WHERE e.subscription_id = $2 AND e.lane = d.lane
            AND e.state IN ('pending', 'sending') ORDER BY e.sequence, e.id LIMIT 1)
        AND EXISTS (SELECT 1 FROM webhook_subscription s WHERE s.id = $2 AND s.state = 'active'
            AND (s.paused_until IS NULL OR s.paused_until <= now()))
    ORDER BY d.due_at LIMIT $4 FOR UPDATE OF d SKIP LOCKED)
UPDATE webhook_delivery d SET state = 'sending', claim = $1, due_at = now() + $3, attempts = attempts + 1,
    last_attempt_at = now()
FROM due, webhook_event e WHERE d.id = due.id AND e.id = d.event_id
RETURNING d.id, d.attempts, e.event_id, e.event_type, e.person, e.content, e.traceparent
"""
_SETTLE: Final = """
UPDATE webhook_delivery SET state = $3, claim = NULL, due_at = now() + $4, last_status = $5, last_error = $6
WHERE id = $1 AND claim = $2
"""
_TAKEN: Final = """
WITH settled AS (
    UPDATE webhook_delivery d SET state = 'delivered', claim = NULL, due_at = now(), last_status = taken.status,
        last_error = NULL, delivered_at = now()
    FROM unnest($2::uuid[], $3::smallint[]) AS taken (id, status) WHERE d.id = taken.id AND d.claim = $1)
UPDATE webhook_subscription SET failing_since = NULL WHERE id = $4 AND failing_since IS NOT NULL
"""
_FAILING: Final = "UPDATE webhook_subscription SET failing_since = now() WHERE id = $1 AND failing_since IS NULL"
_PAUSE: Final = "UPDATE webhook_subscription SET paused_until = now() + $2 WHERE id = $1"
_REST: Final = """
UPDATE webhook_subscription
SET paused_until = greatest(paused_until, now() + least(greatest(now() - failing_since, $2), $3))
WHERE id = $1 AND failing_since IS NOT NULL
"""
_DISABLE: Final = """
WITH disabled AS (
    UPDATE webhook_subscription SET state = 'disabled', disabled_reason = $2, disabled_at = now(), version = version + 1
    WHERE id = $1 AND state = 'active' AND url = $4 AND ($3::interval IS NULL OR failing_since < now() - $3)
    RETURNING id, collectivity, contact_email, disabled_at),
told AS (
    INSERT INTO webhook_warning
        (id, collectivity, subscription_id, reason, since_at, state, attempts, due_at, created_at)
    SELECT gen_random_uuid(), collectivity, id, $2, disabled_at, 'pending', 0, now(), now() FROM disabled
    WHERE contact_email IS NOT NULL)
UPDATE webhook_delivery SET state = 'failed', claim = NULL, last_error = 'subscription-disabled'
WHERE subscription_id = (SELECT id FROM disabled) AND state IN ('pending', 'sending')
"""


@dataclass(frozen=True, slots=True)
class DueSubscription:
    """A subscription that something is due for; its keys are sealed, the present ones first."""

    id: UUID
    url: str
    secrets: Sequence[bytes]
    failing: bool


@dataclass(frozen=True, slots=True)
class ClaimedDelivery:
    """A delivery in the hands of one worker, until its claim runs out; where it has a person, their key opens it."""

    id: UUID
    attempts: int
    event_id: UUID
    event_type: str
    person: UUID | None
    content: bytes
    traceparent: str | None


async def add(
    session: AsyncSession, subscriptions: Sequence[UUID], *, lane: UUID, sequence: int, now: datetime, **event: Any
) -> None:
    """Keep the event and a delivery for each subscription, in the caller's transaction; once for each event."""
    event_row = {"id": uuid7(), "created_at": now, "lane": lane, "sequence": sequence, **event}
    fresh = insert(WebhookEvent).values(event_row).on_conflict_do_nothing().returning(WebhookEvent.id)
    if (await session.execute(fresh)).first() is None or not subscriptions:
        return
    rows = [
        {
            "id": uuid7(),
            "collectivity": event["collectivity"],
            "subscription_id": subscription,
            "event_id": event_row["id"],
            "lane": lane,
            "sequence": sequence,
            "state": "pending",
            "attempts": 0,
            "due_at": now,
            "created_at": now,
        }
        for subscription in subscriptions
    ]
    await session.execute(insert(WebhookDelivery), rows)


async def add_one(
    session: AsyncSession, subscription: UUID, event: Event, content: bytes, now: datetime
) -> tuple[WebhookDelivery, WebhookEvent]:
    """Keep an event outside of the log, and its delivery to one subscription, in the caller's transaction."""
    about = WebhookEvent(
        id=uuid7(),
        collectivity=event.collectivity,
        event_id=event.id,
        event_source=event.source,
        event_type=event.type,
        content=content,
        traceparent=event.traceparent,
        created_at=now,
    )
    session.add(about)
    await session.flush()
    delivery = WebhookDelivery(
        id=uuid7(),
        collectivity=event.collectivity,
        subscription_id=subscription,
        event_id=about.id,
        lane=event.key,
        sequence=event.sequence,
        state=DeliveryState.PENDING,
        attempts=0,
        due_at=now,
        created_at=now,
    )
    session.add(delivery)
    await session.flush()
    return delivery, about


class WebhookDeliveries:
    """The deliveries of this service."""

    def __init__(self, pool: "asyncpg.Pool[Any]") -> None:
        self._pool = pool

    async def due(self, served: Sequence[UUID], limit: int, *, failing: int) -> list[DueSubscription]:
        """Subscriptions other than ``served`` that something is due for, in no order that favours any.

        Those that took nothing of late come last, and at most ``failing`` of them.
        """
        return [DueSubscription(**row) for row in await self._pool.fetch(_DUE_SUBSCRIPTIONS, served, limit, failing)]

    async def claim(self, claim: UUID, subscription: UUID, limit: int, *, lease: timedelta) -> list[ClaimedDelivery]:
        """The next deliveries of one subscription, at most one of each lane, for that long."""
        return [ClaimedDelivery(**row) for row in await self._pool.fetch(_CLAIM, claim, subscription, lease, limit)]

    async def settle(
        self,
        delivery: UUID,
        claim: UUID,
        state: str,
        *,
        status: int,
        error: str | None,
        pause: timedelta = timedelta(),
    ) -> None:
        """Record what came of an attempt that failed; ``pause`` is the time until the next one."""
        await self._pool.execute(_SETTLE, delivery, claim, state, pause, status or None, error)

    async def taken(self, claim: UUID, statuses: Mapping[UUID, int], subscription: UUID) -> None:
        """Record which of the claimed deliveries the subscriber has taken, by their ids; and so it is well."""
        await self._pool.execute(_TAKEN, claim, list(statuses), list(statuses.values()), subscription)

    async def failing(self, subscription: UUID) -> None:
        """The subscriber did not take an event."""
        await self._pool.execute(_FAILING, subscription)

    async def pause(self, subscription: UUID, pause: timedelta) -> None:
        """Send it nothing for that long: it asked for that."""
        await self._pool.execute(_PAUSE, subscription, pause)

    async def rest(self, subscription: UUID, *, shortest: timedelta, longest: timedelta) -> None:
        """Send it nothing for as long as it has taken nothing, between these; longer where it asked for that."""
        await self._pool.execute(_REST, subscription, shortest, longest)

    async def disable(
        self, subscription: DueSubscription, reason: str, *, failing_for: timedelta | None = None
    ) -> None:
        """Send it nothing more, and have its owner told; only where it has taken nothing ``failing_for`` that long.

        Where its address has changed meanwhile, what the former one answered says nothing of it.
        """
        await self._pool.execute(_DISABLE, subscription.id, reason, failing_for, subscription.url)
