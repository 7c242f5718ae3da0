# SPDX-License-Identifier: EUPL-1.2
"""It is said until when holds what a request was granted: keep, move or drop the reminder of its author."""

from datetime import date
from typing import Final
from uuid import UUID

from pydantic import AwareDatetime
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging.events import Event
from parvis_notifications.consumers.parsing import EventData, Reference, read
from parvis_notifications.db import reminders
from parvis_notifications.domain.message import Template
from parvis_notifications.domain.notice import end_of

TYPE: Final = "fr.parvis.requests.request-validity-set.v1"


class RequestValiditySet(EventData):
    """What this consumer reads of the event."""

    request_id: UUID
    reference: Reference
    author: UUID
    valid_until_on: date | None
    remind_at: AwareDatetime | None


async def handle(event: Event, session: AsyncSession) -> None:
    """The reminder follows the newest day that was said; raises MalformedEventError."""
    data = read(RequestValiditySet, event)
    if data.valid_until_on is None or data.remind_at is None:
        await reminders.drop(session, event.source, data.request_id)
        return
    await reminders.keep(
        session,
        collectivity=event.collectivity,
        source=event.source,
        subject=data.request_id,
        template=Template.VALIDITY_REMINDER,
        person=data.author,
        reference=data.reference,
        sequence=event.sequence,
        due_at=data.remind_at,
        useless_at=end_of(data.valid_until_on),
    )
