# SPDX-License-Identifier: EUPL-1.2
"""An event becomes one delivery for each webhook subscription of its collectivity that wants it."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging.events import Event
from parvis_kit.telemetry import current_traceparent
from parvis_notifications.db import webhook_deliveries, webhook_subscriptions
from parvis_notifications.domain.webhook import Traits
from parvis_notifications.outgoing.webhook import cloud_event


async def fan_out(session: AsyncSession, event: Event, *, public_url: str, now: datetime) -> int:
    """Add the deliveries in the caller's transaction; returns how many."""
    traits = Traits.of(event.data)
    wanting = await webhook_subscriptions.wanting(session, event.collectivity, event.type, traits)
    if wanting:
        await webhook_deliveries.add(
            session,
            wanting,
            lane=event.key,
            sequence=event.sequence,
            now=now,
            collectivity=event.collectivity,
            event_id=event.id,
            event_source=event.source,
            event_type=event.type,
            content=cloud_event(event, public_url),
            traceparent=current_traceparent(),
        )
    return len(wanting)
