# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""MentionWithdrawn, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class MentionWithdrawn:
    """The mention of an agent in a note was taken back; an event for each note that names them no more.

    Attributes:
        mention_id: Opaque id of the mention, by which agent-mentioned told it; also the Kafka key and the
            CloudEvents subject.
        reference: What people call it.
        request_type: Code of the request type.
        message_id: The note that names them no more.
        agent: Whom it named.
        still_mentioned: Whether another note of the request names them still; false in the second event of
            a mention, told once none does.
    """

    TYPE: ClassVar[str] = "fr.parvis.requests.mention-withdrawn.v1"
    TOPIC: ClassVar[str] = "parvis.requests.mention.v1"

    mention_id: UUID
    request_id: UUID
    reference: str
    request_type: str
    collectivity: str
    message_id: UUID
    agent: UUID
    still_mentioned: bool
    occurred_at: datetime
    sequence: int
