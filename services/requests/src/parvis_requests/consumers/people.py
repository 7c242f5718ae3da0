# SPDX-License-Identifier: EUPL-1.2
"""What is heard of people and from them: which events, from which topics."""

from collections.abc import Mapping
from typing import Final

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.messaging.consumer import Handler
from parvis_requests.consumers import account_merged, message_received, person_erased, person_registered

TOPICS: Final = ("parvis.identity.person.v1", "parvis.notifications.inbound-message.v1")


def handlers(persons: PersonKeys) -> Mapping[str, Handler]:
    """What is done with each type of event."""
    return {
        account_merged.TYPE: account_merged.handler(persons),
        person_erased.TYPE: person_erased.handle,
        person_registered.TYPE: person_registered.handle,
        message_received.TYPE: message_received.handle,
    }
