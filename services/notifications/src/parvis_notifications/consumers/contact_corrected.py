# SPDX-License-Identifier: EUPL-1.2
"""An agent has corrected where somebody without an account is written to: nothing more goes to the former address.

What comes from there is taken for the author's no more: the addresses for replies that its mails bore are revoked.
"""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_kit.messaging.events import Event
from parvis_notifications.consumers.parsing import EventData, Reference, read
from parvis_notifications.db import conversations, notices, unreachable_addresses
from parvis_notifications.db.address_doubts import doubt_address
from parvis_notifications.domain.message import Template
from parvis_notifications.domain.topic import Channel
from parvis_notifications.service.note_event import Step, note_event

TYPE: Final = "fr.parvis.requests.contact-corrected.v1"


class ContactCorrected(EventData):
    """What this consumer reads of the event."""

    request_id: UUID
    reference: Reference
    person: UUID
    agent: UUID
    receipt_due: bool


async def handle(event: Event, session: AsyncSession) -> None:
    """Have the address of what waits asked for again, and send the receipt anew; raises MalformedEventError."""
    data, now = read(ContactCorrected, event), datetime.now(UTC)
    await doubt_address(session, data.person, Channel.EMAIL)
    await unreachable_addresses.forget(session, data.person, Channel.EMAIL)
    for row in await conversations.about(session, event.collectivity, data.request_id, data.person):
        await conversations.readdress(session, row, uuid7(), by=data.agent, now=now)
    if data.receipt_due:
        step = Step(Template.REQUEST_SUBMITTED, data.person, data.request_id, data.reference)
        # That of the filing may wait still, or have failed.
        await notices.forget(session, step.person, step.template)
        await note_event(session, event, step, now)
