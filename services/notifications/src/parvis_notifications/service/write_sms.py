# SPDX-License-Identifier: EUPL-1.2
"""The text message of a message: the same words when it is sent and when its provider is asked for it."""

from parvis_kit.crypto.persons import PersonKey
from parvis_notifications.db.deliveries import ClaimedDelivery
from parvis_notifications.db.delivery_tables import SEALED_ADDRESS
from parvis_notifications.db.reports import Asking
from parvis_notifications.domain.sms import sms_text
from parvis_notifications.outgoing.sms import Sms
from parvis_notifications.settings import Settings


def written_sms(delivery: ClaimedDelivery | Asking, key: PersonKey, settings: Settings) -> Sms:
    """It tells of the message and leads to it, or says what its template, or whoever composed it, has it say."""
    sender, number = settings.sender_name(delivery.collectivity), key.open(SEALED_ADDRESS, delivery.address)
    if delivery.sms is not None:
        return Sms(number, key.open("message.sms", delivery.sms), delivery.collectivity)
    words = sms_text(sender, key.open("message.subject", delivery.subject), delivery.link)
    return Sms(number, words, delivery.collectivity)
