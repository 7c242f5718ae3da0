# SPDX-License-Identifier: EUPL-1.2
"""A request is resolved: tell its author, where no message of its own does."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging.events import Event
from parvis_notifications.consumers.parsing import EventData, Reference, read
from parvis_notifications.domain.message import Template
from parvis_notifications.service.note_event import Step, note_event

TYPE: Final = "fr.parvis.requests.request-resolved.v1"


class RequestResolved(EventData):
    """What this consumer reads of the event."""

    request_id: UUID
    reference: Reference
    author: UUID
    # Older events say nothing: their author is told.
    notify_author: bool = True


async def handle(event: Event, session: AsyncSession) -> None:
    """Leave a notice for the author, where it is for them; raises MalformedEventError."""
    data = read(RequestResolved, event)
    if data.notify_author:
        step = Step(Template.REQUEST_RESOLVED, data.author, data.request_id, data.reference)
        await note_event(session, event, step, datetime.now(UTC))
