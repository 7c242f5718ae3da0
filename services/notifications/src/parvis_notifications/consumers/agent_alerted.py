# SPDX-License-Identifier: EUPL-1.2
"""Something has come to a request that is for one agent to see: tell them."""

from datetime import UTC, datetime
from typing import Final, Literal
from uuid import UUID

from pydantic import AwareDatetime
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging.consumer import Handler
from parvis_kit.messaging.events import Event
from parvis_notifications.consumers.parsing import EventData, Reference, read
from parvis_notifications.domain.message import Template
from parvis_notifications.service.bundle_alerts import Windows, wait
from parvis_notifications.service.note_event import Step, note_event

TYPE: Final = "fr.parvis.requests.agent-alerted.v1"
_TEMPLATES: Final = {
    "supplemented": Template.AGENT_REQUEST_SUPPLEMENTED,
    "due-soon": Template.AGENT_REQUEST_DUE_SOON,
    "documents-missed": Template.AGENT_DOCUMENTS_MISSED,
    "merged": Template.AGENT_REQUEST_MERGED,
    "parted": Template.AGENT_REQUEST_PARTED,
    "appealed": Template.AGENT_APPEALED,
    "appeal-due-soon": Template.AGENT_APPEAL_DUE_SOON,
    "appeal-decided": Template.AGENT_APPEAL_DECIDED,
    "author-erased": Template.AGENT_AUTHOR_ERASED,
}


class AgentAlerted(EventData):
    """What this consumer reads of the event."""

    request_id: UUID
    reference: Reference
    alert: Literal[
        "supplemented",
        "due-soon",
        "documents-missed",
        "merged",
        "parted",
        "appealed",
        "appeal-due-soon",
        "appeal-decided",
        "author-erased",
    ]
    ends_at: AwareDatetime | None
    agent: UUID


def handler(windows: Windows) -> Handler:
    """What is done with it; what several of become one message waits for the others."""

    async def handle(event: Event, session: AsyncSession) -> None:
        """Leave a notice for the agent; raises MalformedEventError."""
        data, now = read(AgentAlerted, event), datetime.now(UTC)
        template = _TEMPLATES[data.alert]
        waits = await wait(session, windows, template, data.agent, event.collectivity, now)
        step = Step(template, data.agent, data.request_id, data.reference, effective_at=data.ends_at, wait=waits)
        await note_event(session, event, step, now)

    return handle
