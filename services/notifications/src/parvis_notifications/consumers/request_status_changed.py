# SPDX-License-Identifier: EUPL-1.2
"""A request has come into another state: tell its author, where no message of its own does.

One that became a request of another type is acknowledged anew.
"""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging.events import Event
from parvis_notifications.consumers.parsing import EventData, Reference, read
from parvis_notifications.domain.message import Template
from parvis_notifications.service.note_event import Step, note_event

TYPE: Final = "fr.parvis.requests.request-status-changed.v1"


_CHANGE_TYPE: Final = "change-type"


class RequestStatusChanged(EventData):
    """What this consumer reads of the event."""

    request_id: UUID
    reference: Reference
    author: UUID
    action: str = ""
    # Older events say nothing: what they told is no news any more.
    notify_author: bool = False


async def handle(event: Event, session: AsyncSession) -> None:
    """Leave a notice for the author, where it is for them; raises MalformedEventError."""
    data = read(RequestStatusChanged, event)
    if data.action == _CHANGE_TYPE:
        # What the first receipt said holds no more: service, period, what silence means (CRPA, article R112-5).
        step = Step(Template.REQUEST_SUBMITTED, data.author, data.request_id, data.reference)
        await note_event(session, event, step, datetime.now(UTC))
    if data.notify_author:
        step = Step(Template.REQUEST_MOVED, data.author, data.request_id, data.reference)
        await note_event(session, event, step, datetime.now(UTC))
