# SPDX-License-Identifier: EUPL-1.2
"""What the events of an appointment have in common."""

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging.events import Event
from parvis_notifications.consumers.parsing import EventData, read
from parvis_notifications.domain.message import Template
from parvis_notifications.service.note_event import Step, note_event


class AppointmentEvent(EventData):
    """What the consumers read of them."""

    appointment_id: UUID
    person: UUID


async def note_appointment(session: AsyncSession, event: Event, template: Template) -> None:
    """Leave the notice of that occasion; raises MalformedEventError."""
    data = read(AppointmentEvent, event)
    # An appointment is known by its time and place; it has no reference.
    await note_event(session, event, Step(template, data.person, data.appointment_id, ""), datetime.now(UTC))
