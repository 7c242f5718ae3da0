# SPDX-License-Identifier: EUPL-1.2
"""The integration events of this service: ids, codes and times; never an address or a word of a message."""

from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from parvis_kit.ids import uuid7
from parvis_kit.messaging.events import Event, instant
from parvis_kit.telemetry import current_traceparent

SOURCE: Final = "/parvis/notifications"
MESSAGE_TOPIC: Final = "parvis.notifications.message.v1"
ACCESS_TOPIC: Final = "parvis.notifications.access.v1"
INBOUND_TOPIC: Final = "parvis.notifications.inbound-message.v1"


def message_sent(
    *,
    message_id: UUID,
    delivery_id: UUID,
    channel: str,
    template: str,
    person: UUID,
    collectivity: str,
    sequence: int,
    at: datetime,
) -> Event:
    """A message went out by a channel: whoever takes it to the person has accepted it."""
    data = {
        "message_id": str(message_id),
        "delivery_id": str(delivery_id),
        "channel": channel,
        "template": template,
        "person": str(person),
        "collectivity": collectivity,
        "occurred_at": instant(at),
        "sequence": sequence,
    }
    return Event(
        id=uuid7(),
        type="fr.parvis.notifications.message-sent.v1",
        source=SOURCE,
        subject=str(message_id),
        time=at,
        collectivity=collectivity,
        sequence=sequence,
        key=message_id,
        topic=MESSAGE_TOPIC,
        data=data,
        traceparent=current_traceparent(),
    )


def message_received(*, message_id: UUID, way: str, request_id: UUID | None, collectivity: str, at: datetime) -> Event:
    """A message has come in: whoever threads it asks for it."""
    data = {
        "message_id": str(message_id),
        "way": way,
        "request_id": str(request_id) if request_id else None,
        "collectivity": collectivity,
        "occurred_at": instant(at),
        "sequence": 1,
    }
    return Event(
        id=uuid7(),
        type="fr.parvis.notifications.message-received.v1",
        source=SOURCE,
        subject=str(message_id),
        time=at,
        collectivity=collectivity,
        sequence=1,
        key=message_id,
        topic=INBOUND_TOPIC,
        data=data,
        traceparent=current_traceparent(),
    )


def data_accessed(
    *,
    message_id: UUID,
    person: UUID,
    client_id: str,
    collectivity: str,
    at: datetime,
    category: Literal["letter", "letter-address", "deliveries"] = "letter",
    agent: UUID | None = None,
) -> Event:
    """What was written to a person, to whom it goes, or whether it came was read: kept for them, who may see by whom.

    By a system, or by an ``agent``.
    """
    access = uuid7()
    data = {
        "access_id": str(access),
        "message_id": str(message_id),
        "person": str(person),
        "client": client_id,
        "agent": str(agent) if agent else None,
        "category": category,
        "collectivity": collectivity,
        "occurred_at": instant(at),
        "sequence": 1,
    }
    return Event(
        id=uuid7(),
        type="fr.parvis.notifications.data-accessed.v1",
        source=SOURCE,
        subject=str(access),
        time=at,
        collectivity=collectivity,
        sequence=1,
        key=access,
        topic=ACCESS_TOPIC,
        data=data,
        traceparent=current_traceparent(),
    )
