# SPDX-License-Identifier: EUPL-1.2
"""A subscriber wants events again, or to see that they arrive at all."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_kit.messaging.events import Event, instant
from parvis_notifications.db import webhook_deliveries, webhook_replays, webhook_subscriptions
from parvis_notifications.db.webhook_replays import Part, Replayed
from parvis_notifications.db.webhook_subscriptions import Subscriber
from parvis_notifications.domain.errors import NotActiveError
from parvis_notifications.domain.webhook import TEST_EVENT, SubscriptionState
from parvis_notifications.outgoing.webhook import cloud_event
from parvis_notifications.service.read_webhooks import LoggedDelivery

_SOURCE: Final = "/parvis/notifications"


async def replay_webhook(session: AsyncSession, subscriber: Subscriber, subscription_id: UUID, part: Part) -> Replayed:
    """In the caller's transaction; raises NotFoundError, NotActiveError.

    What is still on its way is not sent twice; the order within a lane is kept.
    """
    row = await webhook_subscriptions.one(session, subscriber, subscription_id, locked=True)
    if row.state != SubscriptionState.ACTIVE:
        raise NotActiveError
    return await webhook_replays.replay(session, row.collectivity, row.id, part)


async def try_webhook(
    session: AsyncSession, subscriber: Subscriber, subscription_id: UUID, *, public_url: str, now: datetime
) -> LoggedDelivery:
    """Send this subscription alone an event that says nothing; raises NotFoundError, NotActiveError."""
    row = await webhook_subscriptions.one(session, subscriber, subscription_id, locked=True)
    if row.state != SubscriptionState.ACTIVE:
        raise NotActiveError
    id_ = uuid7()
    event = Event(
        id=id_,
        type=TEST_EVENT,
        source=_SOURCE,
        subject=str(row.id),
        time=now,
        collectivity=row.collectivity,
        sequence=1,
        key=id_,
        topic="",
        data={
            "subscription": str(row.id),
            "collectivity": row.collectivity,
            "occurred_at": instant(now),
            "sequence": 1,
        },
    )
    content = cloud_event(event, public_url)
    return LoggedDelivery(*await webhook_deliveries.add_one(session, row.id, event, content, now))
