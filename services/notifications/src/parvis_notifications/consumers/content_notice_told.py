# SPDX-License-Identifier: EUPL-1.2
"""Somebody without an account gave notice of something: acknowledge it, tell what was decided, or forget them."""

from datetime import UTC, datetime
from typing import Final, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.messaging.consumer import Handler
from parvis_kit.messaging.events import Event
from parvis_notifications.consumers.parsing import EventData, read
from parvis_notifications.domain.message import Template
from parvis_notifications.service.note_event import Step, note_event

TYPE: Final = "fr.parvis.participation.content-notice-told.v1"


class ContentNoticeTold(EventData):
    """What this consumer reads of the event."""

    case_id: UUID
    notifier: UUID
    subject: Literal["received", "kept", "removed", "forgotten"]
    final: bool = False


def handler(persons: PersonKeys) -> Handler:
    """The handler, which raises MalformedEventError; of who is forgotten it destroys the key that seals all of it."""

    async def handle(event: Event, session: AsyncSession) -> None:
        data = read(ContentNoticeTold, event)
        if data.subject == "forgotten":
            await persons.destroy(data.notifier)
            return
        template = Template(f"notice-{data.subject}{'-for-good' if data.final else ''}")
        step = Step(template, data.notifier, data.case_id, "")
        await note_event(session, event, step, datetime.now(UTC))

    return handle
