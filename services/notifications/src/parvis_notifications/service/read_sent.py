# SPDX-License-Identifier: EUPL-1.2
"""Messages of applications, opened for the application that had them sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from parvis_kit.crypto.persons import PersonKey, PersonKeys
from parvis_notifications.db.delivery_tables import SEALED_ADDRESS
from parvis_notifications.db.sent_messages import Kept
from parvis_notifications.domain.delivery import SendingState
from parvis_notifications.domain.sending import SentStatus, status_of
from parvis_notifications.domain.topic import Channel


@dataclass(frozen=True, slots=True)
class SentView:
    """A message of an application; the words are empty where whoever it went to was erased.

    A letter that came as a PDF has neither words nor a template.
    """

    id: UUID
    channel: Channel
    status: SentStatus
    to: str
    subject: str
    body: str
    reference: str | None
    template_id: UUID | None
    template_version: int | None
    postage: str | None
    scheduled_at: datetime | None
    created_at: datetime
    sent_at: datetime | None
    completed_at: datetime | None
    segments: int | None
    cost_millicents: int | None
    report_status: str | None


async def opened(persons: PersonKeys, rows: Sequence[Kept]) -> list[SentView]:
    """In the same order."""
    keys = await persons.of_many({row.sent.recipient for row in rows})
    return [_opened(row, keys.get(row.sent.recipient)) for row in rows]


def _opened(row: Kept, key: PersonKey | None) -> SentView:
    sent, delivery = row.sent, row.delivery
    return SentView(
        id=sent.id,
        channel=Channel(sent.channel),
        status=status_of(SendingState(delivery.state), delivery.last_reply, delivery.fault),
        to=key.open(SEALED_ADDRESS, delivery.address) if key else "",
        subject=key.open("message.subject", row.message.subject) if key else "",
        body=key.open("message.body", row.message.body) if key else "",
        reference=key.open("sent_message.reference", sent.reference) if key and sent.reference else None,
        template_id=sent.template_id,
        template_version=sent.template_version,
        postage=sent.postage,
        scheduled_at=sent.scheduled_at,
        created_at=sent.created_at,
        sent_at=delivery.sent_at,
        completed_at=delivery.delivered_at or delivery.bounced_at,
        segments=delivery.segments,
        cost_millicents=delivery.cost_millicents,
        report_status=delivery.report_status,
    )
