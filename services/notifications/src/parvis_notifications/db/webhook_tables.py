# SPDX-License-Identifier: EUPL-1.2
"""The tables of what is sent to other systems."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from parvis_notifications.db.base import Base, Instant


class WebhookSubscription(Base):
    """Another system's wish to be sent events; ``secret`` is sealed with a key of the service.

    ``request_types`` and ``areas`` narrow it, where they are not null. What is sent until ``previous_secret_until`` is
    signed with the former keys as well. ``contact_email`` is sealed as the secret is, and goes with the subscription.
    The ``client_id`` of what an application is called back at is made of its key's id (``domain/webhook.py``).
    """

    __tablename__ = "webhook_subscription"
    __table_args__ = (
        Index("ix_webhook_subscription_client", "collectivity", "client_id", "created_at", "id"),
        Index("ix_webhook_subscription_failing", "failing_since", postgresql_where=text("failing_since IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    client_id: Mapped[str]
    url: Mapped[str]
    event_types: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    description: Mapped[str | None]
    contact_email: Mapped[bytes | None] = mapped_column(LargeBinary)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    public_key: Mapped[str | None]
    previous_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    previous_secret_until: Mapped[datetime | None] = mapped_column(Instant)
    request_types: Mapped[list[str] | None] = mapped_column(ARRAY(TEXT))
    areas: Mapped[list[str] | None] = mapped_column(ARRAY(TEXT))
    state: Mapped[str]
    disabled_reason: Mapped[str | None]
    disabled_at: Mapped[datetime | None] = mapped_column(Instant)
    failing_since: Mapped[datetime | None] = mapped_column(Instant)
    paused_until: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Instant)


class WebhookEvent(Base):
    """A public event, as the bytes that are sent and signed; those of ``position`` are in its collectivity's log.

    What an application is called back about is sealed with the key of ``person``, to whom its message went.
    """

    __tablename__ = "webhook_event"
    __table_args__ = (
        UniqueConstraint("event_id", "event_source"),
        Index("ix_webhook_event_created_at", "created_at"),
        Index("ix_webhook_event_position", "collectivity", "position"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    event_id: Mapped[UUID]
    event_source: Mapped[str]
    event_type: Mapped[str]
    position: Mapped[int | None] = mapped_column(BigInteger)
    lane: Mapped[UUID | None]
    sequence: Mapped[int | None] = mapped_column(BigInteger)
    request_type: Mapped[str | None]
    area: Mapped[str | None]
    person: Mapped[UUID | None]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    traceparent: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(Instant)


class EventLog(Base):
    """How far the log of a collectivity's public events has come."""

    __tablename__ = "event_log"

    collectivity: Mapped[str] = mapped_column(primary_key=True)
    last_position: Mapped[int] = mapped_column(BigInteger)


class WebhookDelivery(Base):
    """One event on its way to one subscription.

    Within ``(subscription, lane)``, where the lane is the event's key, deliveries go one after the other by
    ``sequence``. ``due_at`` is the next attempt, or while it is being sent the end of the claim.
    """

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("subscription_id", "event_id"),
        Index("ix_webhook_delivery_event", "event_id"),
        Index(
            "ix_webhook_delivery_due",
            "subscription_id",
            "due_at",
            postgresql_where="state IN ('pending', 'sending')",
        ),
        Index(
            "ix_webhook_delivery_first",
            "subscription_id",
            "lane",
            "sequence",
            "id",
            postgresql_where="state IN ('pending', 'sending')",
        ),
        Index("ix_webhook_delivery_log", "subscription_id", "created_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    subscription_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_subscription.id", ondelete="CASCADE"))
    event_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_event.id", ondelete="CASCADE"))
    lane: Mapped[UUID]
    sequence: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    due_at: Mapped[datetime] = mapped_column(Instant)
    claim: Mapped[UUID | None]
    last_status: Mapped[int | None] = mapped_column(SmallInteger)
    last_error: Mapped[str | None]
    last_attempt_at: Mapped[datetime | None] = mapped_column(Instant)
    delivered_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)


class WebhookWarning(Base):
    """A mail to a subscription's owner: ``reason`` is why it was disabled, or ``unanswered`` where it is still tried.

    One for each occasion: ``since_at`` is when it began to fail, or was disabled. ``due_at`` is the next attempt, or
    while it is being sent the end of the claim.
    """

    __tablename__ = "webhook_warning"
    __table_args__ = (
        UniqueConstraint("subscription_id", "reason", "since_at"),
        Index("ix_webhook_warning_due", "due_at", postgresql_where="state IN ('pending', 'sending')"),
        Index("ix_webhook_warning_created_at", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    subscription_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_subscription.id", ondelete="CASCADE"))
    reason: Mapped[str]
    since_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    due_at: Mapped[datetime] = mapped_column(Instant)
    claim: Mapped[UUID | None]
    last_reply: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(Instant)
