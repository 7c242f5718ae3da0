# SPDX-License-Identifier: EUPL-1.2
"""An event goes into the log of its collectivity, and on its way to each webhook subscription that wants it."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging.events import Event
from parvis_kit.telemetry import current_traceparent
from parvis_notifications.db import event_log, webhook_deliveries, webhook_subscriptions
from parvis_notifications.domain.webhook import Traits
from parvis_notifications.outgoing.webhook import cloud_event


async def fan_out(session: AsyncSession, event: Event, *, public_url: str, now: datetime) -> int:
    """Add the deliveries in the caller's transaction; returns how many."""
    traits = Traits.of(event.data)
    wanting = await webhook_subscriptions.wanting(session, event.collectivity, event.type, traits)
    await webhook_deliveries.add(
        session,
        wanting,
        position=await event_log.advance(session, event.collectivity),
        lane=event.key,
        sequence=event.sequence,
        now=now,
        collectivity=event.collectivity,
        event_id=event.id,
        event_source=event.source,
        event_type=event.type,
        request_type=traits.request_type,
        area=traits.area,
        content=cloud_event(event, public_url),
        traceparent=current_traceparent(),
    )
    return len(wanting)
