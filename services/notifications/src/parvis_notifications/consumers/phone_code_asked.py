# SPDX-License-Identifier: EUPL-1.2
"""Somebody has a code sent to the number of their account: a text message brings it there."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging.events import Event
from parvis_notifications.consumers.parsing import EventData, read
from parvis_notifications.domain.message import Template
from parvis_notifications.service.note_event import Step, note_event

TYPE: Final = "fr.parvis.identity.phone-code-asked.v1"


class PhoneCodeAsked(EventData):
    """What this consumer reads of the event."""

    code_id: UUID
    person: UUID


async def handle(event: Event, session: AsyncSession) -> None:
    """Leave a notice for the person; raises MalformedEventError."""
    data = read(PhoneCodeAsked, event)
    step = Step(Template.PHONE_TO_CONFIRM, data.person, data.code_id, reference="")
    await note_event(session, event, step, datetime.now(UTC))
