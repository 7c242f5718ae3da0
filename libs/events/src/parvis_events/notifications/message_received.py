# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""MessageReceived, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReceived:
    """A message or a call came in, such as an answer to a mail. The service that it is for asks for it by its id.

    Attributes:
        message_id: The message; also the Kafka key and the CloudEvents subject.
        way: How it came; other ways may be added.
        request_id: The request that its reply address names, or that the last message texted to its number
            was about; null where it was written to no conversation. That it belongs there is not certain:
            whoever threads it asks for what is known.
        sequence: Grows with each event about the message.
    """

    TYPE: ClassVar[str] = "fr.parvis.notifications.message-received.v1"
    TOPIC: ClassVar[str] = "parvis.notifications.inbound-message.v1"

    message_id: UUID
    way: Literal["email", "sms", "call", "chat"]
    request_id: UUID | None
    collectivity: str
    occurred_at: datetime
    sequence: int
