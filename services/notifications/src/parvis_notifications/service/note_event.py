# SPDX-License-Identifier: EUPL-1.2
"""An event of a request or an appointment leaves a notice: whose it is, is to be told."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging.events import Event
from parvis_kit.telemetry import current_traceparent
from parvis_notifications.db import notices
from parvis_notifications.domain.message import Template


@dataclass(frozen=True, slots=True)
class Step:
    """What happened to whose request or appointment.

    Attributes:
        template: the occasion.
        person: who is told.
        request_id: the request, or what else it is about, as an appointment.
        reference: what people call it; empty where they call it nothing.
        reply: id of an agent's public reply, where the message quotes it.
        once: what the message is made for once, whichever events ask for it; by default the event.
        wait: how long it waits to be told, with others.
        effective_at: the instant from which a decision holds, where the message tells it.
    """

    template: Template
    person: UUID
    request_id: UUID
    reference: str
    reply: UUID | None = None
    effective_at: datetime | None = None
    once: UUID | None = None
    wait: timedelta = timedelta()


async def note_event(session: AsyncSession, event: Event, step: Step, now: datetime) -> None:
    """Leave the notice in the transaction of the event's inbox row."""
    await notices.add(
        session,
        collectivity=event.collectivity,
        event_source=event.source,
        event_id=step.once or event.id,
        template=step.template,
        person=step.person,
        request_id=step.request_id,
        reference=step.reference,
        reply_id=step.reply,
        effective_at=step.effective_at,
        sequence=event.sequence,
        due_at=now + step.wait,
        traceparent=current_traceparent(),
        created_at=now,
    )
