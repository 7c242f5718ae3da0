# SPDX-License-Identifier: EUPL-1.2
"""A moderator has decided on somebody's words: tell whose they are, where they go or come back."""

from datetime import UTC, datetime
from typing import Final, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging.events import Event
from parvis_notifications.consumers.parsing import EventData, read
from parvis_notifications.domain.message import Template
from parvis_notifications.service.note_event import Step, note_event

TYPE: Final = "fr.parvis.participation.moderation-decided.v1"


class ModerationDecided(EventData):
    """What this consumer reads of the event."""

    case_id: UUID
    author: UUID | None
    outcome: Literal["kept", "removed"]
    reversed: bool


async def handle(event: Event, session: AsyncSession) -> None:
    """Leave a notice for the author, if anybody knows who that is; raises MalformedEventError."""
    data = read(ModerationDecided, event)
    removed = data.outcome == "removed"
    if data.author is None or (not removed and not data.reversed):
        return  # nothing has changed for the author
    template = Template.CONTRIBUTION_REMOVED if removed else Template.CONTRIBUTION_RESTORED
    # A case is known by the words that it is about; it has no reference.
    await note_event(session, event, Step(template, data.author, data.case_id, ""), datetime.now(UTC))
