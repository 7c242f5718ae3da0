# SPDX-License-Identifier: EUPL-1.2
"""Another system looks at its subscriptions and at what became of each event."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db.keyset import Position, Slice
from parvis_notifications.db import webhook_subscriptions
from parvis_notifications.db.webhook_subscriptions import Subscriber
from parvis_notifications.db.webhook_tables import WebhookDelivery, WebhookEvent, WebhookSubscription


@dataclass(frozen=True, slots=True)
class LoggedDelivery:
    """A delivery with its event."""

    delivery: WebhookDelivery
    event: WebhookEvent


async def list_subscriptions(
    session: AsyncSession, subscriber: Subscriber, position: Position | None, limit: int
) -> Slice[WebhookSubscription]:
    """One page of the subscriber's own, newest first."""
    return await webhook_subscriptions.page(session, subscriber, position, limit)


async def read_subscription(
    session: AsyncSession, subscriber: Subscriber, subscription_id: UUID
) -> WebhookSubscription:
    """One of the subscriber's own; raises NotFoundError."""
    return await webhook_subscriptions.one(session, subscriber, subscription_id)


async def read_log(
    session: AsyncSession, subscriber: Subscriber, subscription_id: UUID, position: Position | None, limit: int
) -> Slice[LoggedDelivery]:
    """One page of the deliveries of one of the subscriber's own, newest first; raises NotFoundError."""
    row = await webhook_subscriptions.one(session, subscriber, subscription_id)
    page = await webhook_subscriptions.deliveries(session, row.id, position, limit)
    events = await webhook_subscriptions.events(session, [delivery.event_id for delivery in page.rows])
    logged = [LoggedDelivery(delivery, events[delivery.event_id]) for delivery in page.rows]
    return Slice(logged, page.next, page.previous)
