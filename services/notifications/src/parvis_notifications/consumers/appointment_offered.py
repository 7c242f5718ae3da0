# SPDX-License-Identifier: EUPL-1.2
"""A freed slot is held for somebody who waits for one: tell them until when."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging.events import Event
from parvis_notifications.consumers.appointments import note_appointment
from parvis_notifications.domain.message import Template

TYPE: Final = "fr.parvis.requests.appointment-offered.v1"


async def handle(event: Event, session: AsyncSession) -> None:
    """Leave a notice for the person; raises MalformedEventError."""
    await note_appointment(session, event, Template.APPOINTMENT_OFFERED)
