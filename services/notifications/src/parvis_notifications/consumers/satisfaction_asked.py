# SPDX-License-Identifier: EUPL-1.2
"""A request has ended: ask its author how they were served."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from pydantic import AwareDatetime
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging.events import Event
from parvis_notifications.consumers.parsing import EventData, Reference, read
from parvis_notifications.domain.message import Template
from parvis_notifications.service.note_event import Step, note_event

TYPE: Final = "fr.parvis.requests.satisfaction-asked.v1"


class SatisfactionAsked(EventData):
    """What this consumer reads of the event."""

    request_id: UUID
    reference: Reference
    author: UUID
    closes_at: AwareDatetime


async def handle(event: Event, session: AsyncSession) -> None:
    """Leave a notice for the author; raises MalformedEventError."""
    data = read(SatisfactionAsked, event)
    step = Step(Template.SATISFACTION_ASKED, data.author, data.request_id, data.reference, effective_at=data.closes_at)
    await note_event(session, event, step, datetime.now(UTC))
