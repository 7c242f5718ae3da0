# SPDX-License-Identifier: EUPL-1.2
"""The signed links by which subscribers see, change and end what they are told, without an account."""

from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.keys import MasterKey
from parvis_notifications.db import subscribers
from parvis_notifications.db.subscription_tables import Subscriber
from parvis_notifications.domain.delivery_token import DeliveryTokens
from parvis_notifications.domain.errors import NotFoundError
from parvis_notifications.domain.subscribing import SubscriberState

SUBSCRIPTION_PATH: Final = "/subscription"
HISTORY_PATH: Final = "/subscription/history"


def subscription_tokens(master: MasterKey) -> DeliveryTokens:
    """The same in each process of this service; ``for_link`` names a subscriber."""
    return DeliveryTokens(master.derive("subscription-link"), master.derive("subscription-sender"))


def subscription_url(public_url: str, token: str, topic: str | None = None) -> str:
    """The page of one subscriber; with a topic also the address of RFC 8058 that ends it."""
    return f"{public_url}{SUBSCRIPTION_PATH}?{urlencode({'token': token} | ({'topic': topic} if topic else {}))}"


async def active_by_link(session: AsyncSession, subscriber: UUID | None) -> Subscriber:
    """Whose link it is; raises NotFoundError where it leads nowhere, or the address was not confirmed."""
    if subscriber is None:
        raise NotFoundError
    row = await subscribers.one(session, subscriber)
    if row.state != SubscriberState.ACTIVE:
        raise NotFoundError
    return row
