# SPDX-License-Identifier: EUPL-1.2
"""The signed links by which subscribers see, change and end what they are told, without an account."""

from typing import Final
from urllib.parse import urlencode

from parvis_kit.crypto.keys import MasterKey
from parvis_notifications.domain.delivery_token import DeliveryTokens

SUBSCRIPTION_PATH: Final = "/subscription"


def subscription_tokens(master: MasterKey) -> DeliveryTokens:
    """The same in each process of this service; ``for_link`` names a subscriber."""
    return DeliveryTokens(master.derive("subscription-link"), master.derive("subscription-sender"))


def subscription_url(public_url: str, token: str, topic: str | None = None) -> str:
    """The page of one subscriber; with a topic also the address of RFC 8058 that ends it."""
    return f"{public_url}{SUBSCRIPTION_PATH}?{urlencode({'token': token} | ({'topic': topic} if topic else {}))}"
