# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""MessageSent, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSent:
    """A message to a person went out by a channel.

    Whoever takes it to them (for an e-mail the mail relay, for a text message or a call the provider, for a
    browser its push service) has accepted it. Of calls it is told once, of the first. It is not told of
    what a town writes to somebody about their own entry in the register of people who may need help.

    Attributes:
        message_id: The message; also the Kafka key and the CloudEvents subject.
        delivery_id: The way of the message to one address; for an e-mail, the local part of its Message-ID.
        channel: How it went; other channels may be added.
        template: Code of the occasion, such as request-replied.
        person: Opaque id of the person who was told.
        sequence: Grows with each event about the message.
    """

    TYPE: ClassVar[str] = "fr.parvis.notifications.message-sent.v1"
    TOPIC: ClassVar[str] = "parvis.notifications.message.v1"

    message_id: UUID
    delivery_id: UUID
    channel: Literal["email", "sms", "push", "letter", "voice", "chat"]
    template: str
    person: UUID
    collectivity: str
    occurred_at: datetime
    sequence: int
