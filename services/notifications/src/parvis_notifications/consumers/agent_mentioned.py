# SPDX-License-Identifier: EUPL-1.2
"""A note names an agent: tell them. Its words stay between agents, where the request is."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging.consumer import Handler
from parvis_kit.messaging.events import Event
from parvis_notifications.consumers.parsing import EventData, Reference, read
from parvis_notifications.domain.message import Template
from parvis_notifications.service.bundle_alerts import Windows, wait
from parvis_notifications.service.note_event import Step, note_event

TYPE: Final = "fr.parvis.requests.agent-mentioned.v1"


class AgentMentioned(EventData):
    """What this consumer reads of the event."""

    mention_id: UUID
    request_id: UUID
    reference: Reference
    agent: UUID


def handler(windows: Windows) -> Handler:
    """What is done with it; the first is told at once, further ones together."""

    async def handle(event: Event, session: AsyncSession) -> None:
        """Leave a notice for the agent; raises MalformedEventError."""
        data, now, template = read(AgentMentioned, event), datetime.now(UTC), Template.AGENT_MENTIONED
        waits = await wait(session, windows, template, data.agent, event.collectivity, now)
        # By the mention's own id: what takes it back finds it.
        step = Step(template, data.agent, data.request_id, data.reference, once=data.mention_id, wait=waits)
        await note_event(session, event, step, now)

    return handle
