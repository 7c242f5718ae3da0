# SPDX-License-Identifier: EUPL-1.2
"""What is told of opinion conversations: ids and times; never who takes part, or what anybody says."""

from datetime import datetime
from typing import Final

from parvis_kit.messaging.events import Event, instant
from parvis_participation.db.conversation_tables import Conversation
from parvis_participation.events import told

CONVERSATION_TOPIC: Final = "parvis.participation.conversation.v1"


def conversation_published(row: Conversation, at: datetime) -> Event:
    """A conversation is public, and opens at its time."""
    return _told("conversation-published", row, at)


def conversation_closed(row: Conversation, at: datetime) -> Event:
    """A conversation takes no more opinions; its last figures follow."""
    return _told("conversation-closed", row, at)


def _told(name: str, row: Conversation, at: datetime) -> Event:
    data = {
        "conversation_id": str(row.id),
        "collectivity": row.collectivity,
        "opens_at": instant(row.opens_at),
        "closes_at": instant(row.closes_at),
        "occurred_at": instant(at),
        "sequence": row.version,
    }
    return told(name, CONVERSATION_TOPIC, row.id, row.version, row.collectivity, at, data)
