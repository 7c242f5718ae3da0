# SPDX-License-Identifier: EUPL-1.2
"""The links of one recipient in what goes to many."""

from dataclasses import dataclass
from typing import Final

from parvis_kit.crypto.keys import MasterKey
from parvis_notifications.db.broadcast_deliveries import ClaimedPart, OpenBroadcast
from parvis_notifications.domain.broadcast import Lane
from parvis_notifications.domain.delivery_token import DeliveryTokens
from parvis_notifications.domain.recipient_token import RecipientTokens
from parvis_notifications.service.subscription_links import subscription_tokens, subscription_url

ANSWER_PATH: Final = "/alert-answer"


def recipient_tokens(master: MasterKey) -> RecipientTokens:
    """The same in each process of this service."""
    return RecipientTokens(master.derive("alert-answer"))


def short_link_tokens(master: MasterKey) -> RecipientTokens:
    """Those by which text messages lead to a subscription: shorter than its own, and no key to answering an alert."""
    return RecipientTokens(master.derive("subscription-short-link"))


def call_tokens(master: MasterKey) -> RecipientTokens:
    """Those by which a provider names a call that it brings something of: no key to the page of answers."""
    return RecipientTokens(master.derive("alert-call"))


@dataclass(frozen=True, slots=True)
class BroadcastLinks:
    """Makes them."""

    public_url: str
    subscriptions: DeliveryTokens
    recipients: RecipientTokens
    short: RecipientTokens

    @classmethod
    def of(cls, master: MasterKey, public_url: str) -> "BroadcastLinks":
        """With the keys of this service."""
        return cls(public_url, subscription_tokens(master), recipient_tokens(master), short_link_tokens(master))

    def answer(self, recipient: int) -> str:
        """Where they say that they are safe, or ask for help."""
        return f"{self.public_url}{ANSWER_PATH}?t={self.recipients.of(recipient)}"

    def stop(self, recipient: int) -> str:
        """Where a text message of news leads to end them; short, as each segment is paid for."""
        return subscription_url(self.public_url, self.short.of(recipient))

    def unsubscribe(self, broadcast: OpenBroadcast, part: ClaimedPart) -> str | None:
        """Where news end; an alert has no such link, for it is no place to end the next one in haste."""
        if broadcast.lane == Lane.ALERT:
            return None
        return subscription_url(self.public_url, self.subscriptions.for_link(part.subscriber_id), broadcast.topic)
