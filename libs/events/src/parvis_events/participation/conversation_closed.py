# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""ConversationClosed, as its contract says."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationClosed:
    """An opinion conversation takes no more opinions; its last result follows.

    Attributes:
        conversation_id: The conversation; also the Kafka key and the CloudEvents subject.
        sequence: Grows with each act; gaps are normal.
    """

    TYPE: ClassVar[str] = "fr.parvis.participation.conversation-closed.v1"
    TOPIC: ClassVar[str] = "parvis.participation.conversation.v1"

    conversation_id: UUID
    collectivity: str
    opens_at: datetime
    closes_at: datetime
    occurred_at: datetime
    sequence: int
