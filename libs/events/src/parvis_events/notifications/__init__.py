# SPDX-License-Identifier: EUPL-1.2
# Written by libs/events/generate.py from contracts/events; do not edit.
"""What notifications tells."""

from parvis_events.notifications.data_accessed import DataAccessed
from parvis_events.notifications.message_received import MessageReceived
from parvis_events.notifications.message_sent import MessageSent
from parvis_events.notifications.sent_message_changed import SentMessageChanged
from parvis_events.notifications.webhook_tested import WebhookTested

__all__ = [
    "DataAccessed",
    "MessageReceived",
    "MessageSent",
    "SentMessageChanged",
    "WebhookTested",
]
