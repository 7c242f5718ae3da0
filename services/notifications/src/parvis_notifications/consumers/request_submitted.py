# SPDX-License-Identifier: EUPL-1.2
"""A person has filed a request: tell them that it arrived, and its reference."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging.events import Event
from parvis_notifications.consumers.parsing import EventData, Reference, read
from parvis_notifications.domain.message import Template
from parvis_notifications.service.note_event import Step, note_event

TYPE: Final = "fr.parvis.requests.request-submitted.v1"


class RequestSubmitted(EventData):
    """What this consumer reads of the event."""

    request_id: UUID
    reference: Reference
    author: UUID


async def handle(event: Event, session: AsyncSession) -> None:
    """Leave a notice for the author; raises MalformedEventError."""
    data = read(RequestSubmitted, event)
    # Whoever confirms their address later is acknowledged by that event: in which order the two come, nobody knows.
    step = Step(Template.REQUEST_SUBMITTED, data.author, data.request_id, data.reference, once=data.request_id)
    await note_event(session, event, step, datetime.now(UTC))
