# SPDX-License-Identifier: EUPL-1.2
"""A subscription gets new keys; for a while what is sent is signed with the former ones as well."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.keys import SealingKey
from parvis_notifications.db import webhook_subscriptions
from parvis_notifications.db.webhook_subscriptions import Subscriber
from parvis_notifications.db.webhook_tables import WebhookSubscription
from parvis_notifications.outgoing.webhook_keys import new_keys, shown_public_key, shown_secret


async def rotate_webhook_keys(
    session: AsyncSession,
    subscriber: Subscriber,
    subscription_id: UUID,
    *,
    overlap: timedelta,
    secrets: SealingKey,
    now: datetime,
) -> tuple[WebhookSubscription, str]:
    """In the caller's transaction; returns the subscription with its new secret, which is shown this once.

    Keys that were still in their overlap are signed with no longer. Raises NotFoundError.
    """
    row = await webhook_subscriptions.one(session, subscriber, subscription_id, locked=True)
    keys = new_keys()
    row.previous_secret, row.previous_secret_until = (row.secret, now + overlap) if overlap else (None, None)
    row.secret = secrets.seal(keys, str(row.id))
    row.public_key = shown_public_key(keys)
    row.version += 1
    await session.flush()
    return row, shown_secret(keys)
