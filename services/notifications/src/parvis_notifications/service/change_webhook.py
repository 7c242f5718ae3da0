# SPDX-License-Identifier: EUPL-1.2
"""Another system changes what it wants to be sent, or where; or has a subscription that was disabled go on."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.keys import SealingKey
from parvis_notifications.db import webhook_subscriptions
from parvis_notifications.db.webhook_subscriptions import Subscriber
from parvis_notifications.db.webhook_tables import WebhookSubscription
from parvis_notifications.domain.errors import StaleVersionError
from parvis_notifications.domain.webhook import SubscriptionState
from parvis_notifications.service.subscribe_webhook import sealed_contact, settled
from parvis_outside.destination import Network, check_url


async def change_webhook(
    session: AsyncSession,
    subscriber: Subscriber,
    subscription_id: UUID,
    wanted: Mapping[str, Any],
    *,
    version: int,
    secrets: SealingKey,
    allowed: Sequence[Network],
) -> WebhookSubscription:
    """In the caller's transaction; ``wanted`` holds the members to change, by the names of the API.

    It decides about events to come; what is on its way stays so. One that was disabled begins anew, as does one with
    another address, of which the answers of the former say nothing: neither failures nor a pause count any more.

    Raises NotFoundError, StaleVersionError, UrlRefusedError, ContactRefusedError.
    """
    row = await webhook_subscriptions.one(session, subscriber, subscription_id, locked=True)
    if row.version != version:
        raise StaleVersionError
    if "url" in wanted:
        check_url(wanted["url"], allowed)
        if wanted["url"] != row.url:
            row.failing_since = row.paused_until = None
        row.url = wanted["url"]
    if "event_types" in wanted:
        row.event_types = sorted(set(wanted["event_types"]))
    if "description" in wanted:
        row.description = wanted["description"]
    if "request_types" in wanted:
        row.request_types = settled(wanted["request_types"])
    if "areas" in wanted:
        row.areas = settled(wanted["areas"])
    if "contact_email" in wanted:
        row.contact_email = sealed_contact(row.id, wanted["contact_email"], secrets)
    if "state" in wanted and row.state != SubscriptionState.ACTIVE:
        row.state = SubscriptionState.ACTIVE
        row.disabled_reason = row.disabled_at = row.failing_since = row.paused_until = None
    row.version += 1
    await session.flush()
    return row
