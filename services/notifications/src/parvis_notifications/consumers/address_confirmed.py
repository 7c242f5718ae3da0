# SPDX-License-Identifier: EUPL-1.2
"""Who filed a request without an account has confirmed their address: send the receipt that could not go before."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging.events import Event
from parvis_notifications.consumers.parsing import EventData, Reference, read
from parvis_notifications.db import notices
from parvis_notifications.domain.message import Template
from parvis_notifications.service.note_event import Step, note_event

TYPE: Final = "fr.parvis.requests.address-confirmed.v1"


class AddressConfirmed(EventData):
    """What this consumer reads of the event."""

    request_id: UUID
    reference: Reference
    person: UUID


async def handle(event: Event, session: AsyncSession) -> None:
    """Leave a notice for whoever filed it; raises MalformedEventError."""
    data = read(AddressConfirmed, event)
    step = Step(Template.REQUEST_SUBMITTED, data.person, data.request_id, data.reference, once=data.request_id)
    # That of the filing may wait still, or have failed for want of an address.
    await notices.forget(session, step.person, step.template)
    await note_event(session, event, step, datetime.now(UTC))
