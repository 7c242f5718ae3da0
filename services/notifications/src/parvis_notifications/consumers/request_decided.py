# SPDX-License-Identifier: EUPL-1.2
"""Silence has decided a request: tell its author what that means and what they may do now."""

from datetime import UTC, datetime
from typing import Final, Literal
from uuid import UUID

from pydantic import AwareDatetime
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging.events import Event
from parvis_notifications.consumers.parsing import EventData, Reference, read
from parvis_notifications.domain.message import Template
from parvis_notifications.service.note_event import Step, note_event

TYPE: Final = "fr.parvis.requests.request-decided.v1"
_TEMPLATES: Final = {"accepted": Template.REQUEST_DEEMED_ACCEPTED, "rejected": Template.REQUEST_DEEMED_REJECTED}


class RequestDecided(EventData):
    """What this consumer reads of the event."""

    request_id: UUID
    reference: Reference
    author: UUID
    decision: Literal["accepted", "rejected"]
    effective_at: AwareDatetime


async def handle(event: Event, session: AsyncSession) -> None:
    """Leave a notice for the author; raises MalformedEventError."""
    data = read(RequestDecided, event)
    template = _TEMPLATES[data.decision]
    step = Step(template, data.author, data.request_id, data.reference, effective_at=data.effective_at)
    await note_event(session, event, step, datetime.now(UTC))
