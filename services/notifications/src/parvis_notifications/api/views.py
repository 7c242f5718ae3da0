# SPDX-License-Identifier: EUPL-1.2
"""From rows to what the API shows."""

from parvis_kit.crypto.keys import SealingKey
from parvis_notifications.api.schemas import (
    CreatedWebhookSubscriptionView,
    InboxMessageView,
    WebhookDeliveryView,
    WebhookSubscriptionView,
)
from parvis_notifications.db.webhook_tables import WebhookSubscription
from parvis_notifications.domain.message import Template
from parvis_notifications.domain.webhook import DeliveryState, PublicEvent, SubscriptionState
from parvis_notifications.service.inbox import OpenMessage
from parvis_notifications.service.read_webhooks import LoggedDelivery
from parvis_notifications.service.subscribe_webhook import contact_of


def message_view(message: OpenMessage) -> InboxMessageView:
    """A message of the inbox."""
    row = message.row
    return InboxMessageView(
        id=row.id,
        template=Template(row.template),
        language=row.language,
        subject=message.subject,
        body=message.body,
        link=row.link,
        read_at=row.read_at,
        created_at=row.created_at,
    )


def subscription_view(row: WebhookSubscription, secrets: SealingKey) -> WebhookSubscriptionView:
    """A subscription, without its secret; the key opens its owner's address."""
    return WebhookSubscriptionView(
        id=row.id,
        url=row.url,
        event_types=[PublicEvent(type_) for type_ in row.event_types],
        description=row.description,
        request_types=row.request_types,
        areas=row.areas,
        contact_email=contact_of(row.id, row.contact_email, secrets),
        public_key=row.public_key,
        former_keys_end_at=row.previous_secret_until,
        state=SubscriptionState(row.state),
        disabled_reason=row.disabled_reason,
        disabled_at=row.disabled_at,
        failing_since_at=row.failing_since,
        created_at=row.created_at,
    )


def created_view(row: WebhookSubscription, secret: str, secrets: SealingKey) -> CreatedWebhookSubscriptionView:
    """A subscription, with its new secret."""
    return CreatedWebhookSubscriptionView(**subscription_view(row, secrets).model_dump(), secret=secret)


def delivery_view(logged: LoggedDelivery) -> WebhookDeliveryView:
    """A line of the log."""
    delivery, event = logged.delivery, logged.event
    return WebhookDeliveryView(
        id=delivery.id,
        event_id=event.event_id,
        event_type=event.event_type,
        state=DeliveryState(delivery.state),
        attempts=delivery.attempts,
        last_status=delivery.last_status,
        last_error=delivery.last_error,
        last_attempt_at=delivery.last_attempt_at,
        next_attempt_at=delivery.due_at if delivery.state == DeliveryState.PENDING else None,
        delivered_at=delivery.delivered_at,
        created_at=delivery.created_at,
    )
