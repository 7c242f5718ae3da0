# SPDX-License-Identifier: EUPL-1.2
"""Another system asks to be sent events, and asks no longer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.keys import MasterKey, SealingKey
from parvis_kit.ids import uuid7
from parvis_notifications.db import webhook_subscriptions
from parvis_notifications.db.webhook_subscriptions import Subscriber
from parvis_notifications.db.webhook_tables import WebhookSubscription
from parvis_notifications.domain.errors import ContactRefusedError, StaleVersionError, TooManySubscriptionsError
from parvis_notifications.domain.webhook import PublicEvent
from parvis_notifications.outgoing.mail_format import BadAddressError, normal_address
from parvis_notifications.outgoing.webhook_keys import new_keys, shown_public_key, shown_secret
from parvis_outside.destination import Network, check_url


@dataclass(frozen=True, slots=True)
class Wish:
    """What a system wants to be sent, and where; None of a filter lets all pass."""

    url: str
    event_types: Sequence[PublicEvent]
    description: str | None
    request_types: Sequence[str] | None = None
    areas: Sequence[str] | None = None
    contact_email: str | None = None


def secrets_key(master: MasterKey) -> SealingKey:
    """The key that seals the secrets of subscriptions."""
    return master.sealing("webhook-secret")


async def subscribe_webhook(
    session: AsyncSession,
    subscriber: Subscriber,
    wish: Wish,
    *,
    secrets: SealingKey,
    allowed: Sequence[Network],
    limit: int,
    now: datetime,
) -> tuple[WebhookSubscription, str]:
    """Store it in the caller's transaction; returns it with its secret, which is shown this once.

    Raises UrlRefusedError, ContactRefusedError, TooManySubscriptionsError.
    """
    check_url(wish.url, allowed)
    if await webhook_subscriptions.count_locked(session, subscriber) >= limit:
        raise TooManySubscriptionsError
    keys, subscription_id = new_keys(), uuid7()
    row = webhook_subscriptions.add(
        session,
        id=subscription_id,
        collectivity=subscriber.collectivity,
        client_id=subscriber.client_id,
        url=wish.url,
        event_types=sorted(set(wish.event_types)),
        description=wish.description,
        request_types=settled(wish.request_types),
        areas=settled(wish.areas),
        contact_email=sealed_contact(subscription_id, wish.contact_email, secrets),
        secret=secrets.seal(keys, str(subscription_id)),
        public_key=shown_public_key(keys),
        created_at=now,
    )
    await session.flush()
    return row, shown_secret(keys)


def settled(codes: Sequence[str] | None) -> list[str] | None:
    """Codes of a filter as they are kept: each once, in order."""
    return None if codes is None else sorted(set(codes))


def sealed_contact(subscription_id: UUID, email: str | None, secrets: SealingKey) -> bytes | None:
    """The address of a subscription's owner as it is kept; raises ContactRefusedError."""
    if email is None:
        return None
    try:
        return secrets.seal(normal_address(email).encode(), f"{subscription_id}/contact")
    except BadAddressError as error:
        raise ContactRefusedError from error


def contact_of(subscription_id: UUID, sealed: bytes | None, secrets: SealingKey) -> str | None:
    """The address of a subscription's owner, None where it named none."""
    return None if sealed is None else secrets.open(sealed, f"{subscription_id}/contact").decode()


async def unsubscribe_webhook(
    session: AsyncSession, subscriber: Subscriber, subscription_id: UUID, *, version: int
) -> None:
    """Remove it with its log; raises NotFoundError, StaleVersionError."""
    row = await webhook_subscriptions.one(session, subscriber, subscription_id)
    if row.version != version:
        raise StaleVersionError
    await webhook_subscriptions.remove(session, row)
