# SPDX-License-Identifier: EUPL-1.2
"""What somebody was refused is contested: tell them that it came, and until when they are answered."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging.events import Event
from parvis_notifications.consumers.parsing import EventData, Reference, read
from parvis_notifications.domain.message import Template
from parvis_notifications.service.note_event import Step, note_event

TYPE: Final = "fr.parvis.requests.appeal-lodged.v1"


class AppealLodged(EventData):
    """What this consumer reads of the event."""

    request_id: UUID
    reference: Reference
    author: UUID


async def handle(event: Event, session: AsyncSession) -> None:
    """Leave a notice for the author; raises MalformedEventError."""
    data = read(AppealLodged, event)
    step = Step(Template.APPEAL_LODGED, data.author, data.request_id, data.reference)
    await note_event(session, event, step, datetime.now(UTC))
