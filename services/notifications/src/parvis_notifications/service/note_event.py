# SPDX-License-Identifier: EUPL-1.2
"""An event of a request leaves a notice: its author is to be told."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging.events import Event
from parvis_kit.telemetry import current_traceparent
from parvis_notifications.db import notices
from parvis_notifications.domain.message import Template


@dataclass(frozen=True, slots=True)
class Step:
    """What happened to whose request; ``reply`` is the id of an agent's public reply."""

    template: Template
    person: UUID
    request_id: UUID
    reference: str
    reply: UUID | None = None


async def note_event(session: AsyncSession, event: Event, step: Step, now: datetime) -> None:
    """Leave the notice in the transaction of the event's inbox row."""
    await notices.add(
        session,
        collectivity=event.collectivity,
        event_source=event.source,
        event_id=event.id,
        template=step.template,
        person=step.person,
        request_id=step.request_id,
        reference=step.reference,
        reply_id=step.reply,
        sequence=event.sequence,
        due_at=now,
        traceparent=current_traceparent(),
        created_at=now,
    )
