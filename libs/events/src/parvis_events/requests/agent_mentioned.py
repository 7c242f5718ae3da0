# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""AgentMentioned, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentMentioned:
    """A note of an agent names another one; one event for each agent whom it names.

    Attributes:
        mention_id: Opaque id of the mention; also the Kafka key and the CloudEvents subject.
        reference: What people call it.
        request_type: Code of the request type.
        message_id: The note; its words are read by agents alone.
        agent: Who is named.
    """

    TYPE: ClassVar[str] = "fr.parvis.requests.agent-mentioned.v1"
    TOPIC: ClassVar[str] = "parvis.requests.mention.v1"

    mention_id: UUID
    request_id: UUID
    reference: str
    request_type: str
    collectivity: str
    message_id: UUID
    agent: UUID
    occurred_at: datetime
    sequence: int
