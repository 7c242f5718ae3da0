# SPDX-License-Identifier: EUPL-1.2
"""A request that somebody follows has come into another state, joined another request or left it: tell them."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging.events import Event
from parvis_notifications.consumers.parsing import EventData, Reference, read
from parvis_notifications.domain.message import Template
from parvis_notifications.service.note_event import Step, note_event

TYPE: Final = "fr.parvis.requests.followed-request-moved.v1"
_OCCASIONS: Final[dict[str | None, Template]] = {
    "merge": Template.FOLLOWED_REQUEST_MERGED,
    "unmerge": Template.FOLLOWED_REQUEST_PARTED,
}


class FollowedRequestMoved(EventData):
    """What this consumer reads of the event."""

    request_id: UUID
    reference: Reference
    person: UUID
    # Events that were told before merges were have none.
    action: str | None = None


async def handle(event: Event, session: AsyncSession) -> None:
    """Leave a notice for whoever follows; raises MalformedEventError."""
    data = read(FollowedRequestMoved, event)
    template = _OCCASIONS.get(data.action, Template.FOLLOWED_REQUEST_MOVED)
    step = Step(template, data.person, data.request_id, data.reference)
    await note_event(session, event, step, datetime.now(UTC))
