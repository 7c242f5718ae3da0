# SPDX-License-Identifier: EUPL-1.2
"""The keys of the names of deliveries, and where the link leads that has one."""

from typing import Final

from parvis_kit.crypto.keys import MasterKey
from parvis_notifications.domain.delivery_token import DeliveryTokens

UNSUBSCRIBE_PATH: Final = "/unsubscription"


def delivery_tokens(master: MasterKey) -> DeliveryTokens:
    """The same in each process of this service."""
    return DeliveryTokens(master.derive("unsubscribe-link"), master.derive("bounce-address"))


def unsubscribe_url(public_url: str, token: str) -> str:
    """The address of RFC 8058, which is also that of a page."""
    return f"{public_url}{UNSUBSCRIBE_PATH}?token={token}"
