# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""SentMessageChanged, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMessageChanged:
    """A message that an application had sent has come further.

    The application whose key sent it is called back, and nobody else.

    Attributes:
        message: The message, as its sending was answered; also the CloudEvents subject.
        status: Where the message stands, in the words of the API. Not `created` nor `sending`, of which
            nothing is told.
        final: Whether nothing more will be told. What was only `sent` may yet come back.
        reference: The application's own, where it gave one.
        sequence: Grows with each change of a message.
    """

    TYPE: ClassVar[str] = "fr.parvis.notifications.sent-message-changed.v1"
    TOPIC: ClassVar[str] = "{url}"

    message: UUID
    collectivity: str
    channel: Literal["email", "sms", "letter", "voice"]
    status: Literal[
        "created",
        "sending",
        "pending",
        "sent",
        "delivered",
        "cancelled",
        "temporary-failure",
        "permanent-failure",
        "technical-failure",
    ]
    final: bool
    reference: str | None
    occurred_at: datetime
    sequence: int
