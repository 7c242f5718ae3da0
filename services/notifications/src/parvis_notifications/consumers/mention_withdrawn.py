# SPDX-License-Identifier: EUPL-1.2
"""A note names an agent no more: what was to tell them of it, and still waits, does not go."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging.events import Event
from parvis_notifications.consumers.parsing import EventData, read
from parvis_notifications.domain.message import Template
from parvis_notifications.service.take_back import take_back

TYPE: Final = "fr.parvis.requests.mention-withdrawn.v1"


class MentionWithdrawn(EventData):
    """What this consumer reads of the event."""

    mention_id: UUID
    still_mentioned: bool


async def handle(event: Event, session: AsyncSession) -> None:
    """Take back what waits, but a message that holds for another note of the request; raises MalformedEventError."""
    data = read(MentionWithdrawn, event)
    told_of = (event.source, data.mention_id)
    await take_back(session, *told_of, Template.AGENT_MENTIONED, datetime.now(UTC), message=not data.still_mentioned)
