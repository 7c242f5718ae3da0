# SPDX-License-Identifier: EUPL-1.2
"""What the events of an appointment have in common: a notice, and the reminder that follows the appointment."""

from datetime import UTC, datetime
from uuid import UUID

from pydantic import AwareDatetime
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging.events import Event
from parvis_notifications.consumers.parsing import EventData, read
from parvis_notifications.db import reminders
from parvis_notifications.domain.message import Template
from parvis_notifications.service.note_event import Step, note_event


class AppointmentEvent(EventData):
    """What the consumers read of them."""

    appointment_id: UUID
    person: UUID
    starts_at: AwareDatetime
    # Older events, and the end of an appointment, name none.
    remind_at: AwareDatetime | None = None


async def note_appointment(session: AsyncSession, event: Event, template: Template) -> None:
    """Leave the notice of that occasion, and keep or drop the reminder; raises MalformedEventError."""
    data = read(AppointmentEvent, event)
    # An appointment is known by its time and place; it has no reference.
    await note_event(session, event, Step(template, data.person, data.appointment_id, ""), datetime.now(UTC))
    if data.remind_at is None:
        await reminders.drop(session, event.source, data.appointment_id)
        return
    await reminders.keep(
        session,
        collectivity=event.collectivity,
        source=event.source,
        subject=data.appointment_id,
        template=Template.APPOINTMENT_REMINDER,
        person=data.person,
        sequence=event.sequence,
        due_at=data.remind_at,
        useless_at=data.starts_at,
    )
