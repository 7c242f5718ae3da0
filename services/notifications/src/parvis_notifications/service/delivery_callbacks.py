# SPDX-License-Identifier: EUPL-1.2
"""Agents say where an application is called back about what one of its keys sends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.keys import SealingKey
from parvis_kit.ids import uuid7
from parvis_notifications.db import sending_keys, webhook_subscriptions
from parvis_notifications.db.webhook_subscriptions import Subscriber
from parvis_notifications.db.webhook_tables import WebhookSubscription
from parvis_notifications.domain.errors import TooManySubscriptionsError
from parvis_notifications.domain.webhook import CALLBACK_EVENT, callback_client
from parvis_notifications.outgoing.webhook_keys import new_keys, shown_public_key, shown_secret
from parvis_notifications.service.edit_templates import Writer
from parvis_notifications.service.subscribe_webhook import sealed_contact
from parvis_outside.destination import Network, check_url

LIMIT: Final = 5
"""Callbacks of one key: a new receiver beside an old one, and a trial."""


@dataclass(frozen=True, slots=True)
class CallbackWish:
    """Where an application is called back, and who is told when it takes nothing."""

    url: str
    contact_email: str
    description: str | None = None


async def called_back(session: AsyncSession, writer: Writer, key_id: UUID) -> Subscriber:
    """Whose subscriptions a key's callbacks are; raises NotFoundError where the town has no such key."""
    row = await sending_keys.one(session, writer.collectivity, key_id)
    return Subscriber(row.collectivity, callback_client(row.id))


async def add_callback(
    session: AsyncSession,
    subscriber: Subscriber,
    wish: CallbackWish,
    *,
    secrets: SealingKey,
    allowed: Sequence[Network],
    now: datetime,
) -> tuple[WebhookSubscription, str]:
    """Store it in the caller's transaction; returns it with its secret, which is shown this once.

    Raises UrlRefusedError, ContactRefusedError, TooManySubscriptionsError.
    """
    check_url(wish.url, allowed)
    if await webhook_subscriptions.count_locked(session, subscriber) >= LIMIT:
        raise TooManySubscriptionsError
    keys, subscription_id = new_keys(), uuid7()
    row = webhook_subscriptions.add(
        session,
        id=subscription_id,
        collectivity=subscriber.collectivity,
        client_id=subscriber.client_id,
        url=wish.url,
        event_types=[CALLBACK_EVENT],
        description=wish.description,
        contact_email=sealed_contact(subscription_id, wish.contact_email, secrets),
        secret=secrets.seal(keys, str(subscription_id)),
        public_key=shown_public_key(keys),
        created_at=now,
    )
    await session.flush()
    return row, shown_secret(keys)
