# SPDX-License-Identifier: EUPL-1.2
"""Somebody without an account has left an address: have them confirm that it is theirs."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging.events import Event
from parvis_notifications.consumers.parsing import EventData, read
from parvis_notifications.domain.message import Template
from parvis_notifications.service.note_event import Step, note_event

TYPE: Final = "fr.parvis.requests.confirmation-asked.v1"


class ConfirmationAsked(EventData):
    """What this consumer reads of the event."""

    confirmation_id: UUID
    person: UUID


async def handle(event: Event, session: AsyncSession) -> None:
    """Leave a notice for whoever left the address; raises MalformedEventError."""
    data = read(ConfirmationAsked, event)
    # What they filed has no reference yet.
    step = Step(Template.ADDRESS_TO_CONFIRM, data.person, data.confirmation_id, reference="")
    await note_event(session, event, step, datetime.now(UTC))
