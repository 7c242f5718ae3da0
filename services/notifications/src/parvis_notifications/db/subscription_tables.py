# SPDX-License-Identifier: EUPL-1.2
"""The tables of who is told of what happens in the town, where they care for it, and to what they agreed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, SmallInteger, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from parvis_kit.db.tables import searchable, shreddable
from parvis_notifications.db.base import Base, Instant
from parvis_notifications.db.geometry_types import PointType, PolygonType
from parvis_notifications.domain.geometry import Position, Ring


class NewsTopic(Base):
    """A subject of which the town tells whoever wants to know: news, school menus, waste days, works."""

    __tablename__ = "news_topic"

    collectivity: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[dict[str, str]] = mapped_column(JSONB)
    active: Mapped[bool]
    version: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(Instant)


class Subscriber(Base):
    """Somebody whom the town may tell, by the addresses that are sealed with the key of ``key_person``.

    ``key_person`` is the person of an account, else the subscriber itself. ``email_mark`` and ``phone_mark`` are blind
    indexes of the addresses, the latter of a number that takes text messages; ``line_mark`` is that of any number, and
    None too of who was kept before there was one. ``contact_due_at`` is when identity is asked next how an account is
    reached. What stands in ``news_at``, ``emergency_at`` and ``exercise_at`` is since when there is consent to that.
    """

    __tablename__ = "subscriber"
    __table_args__ = (
        Index("uq_subscriber_person", "collectivity", "person", unique=True, postgresql_where="person IS NOT NULL"),
        Index("ix_subscriber_person", "person", postgresql_where="person IS NOT NULL"),
        Index("ix_subscriber_key_person", "key_person"),
        Index("ix_subscriber_email_mark", "collectivity", "email_mark", postgresql_where="email_mark IS NOT NULL"),
        Index("ix_subscriber_phone_mark", "collectivity", "phone_mark", postgresql_where="phone_mark IS NOT NULL"),
        Index("ix_subscriber_line_mark", "collectivity", "line_mark", postgresql_where="line_mark IS NOT NULL"),
        Index("ix_subscriber_contact_due", "contact_due_at", postgresql_where="contact_due_at IS NOT NULL"),
        Index("ix_subscriber_emergency", "collectivity", postgresql_where="emergency_at IS NOT NULL"),
        Index("ix_subscriber_pending", "collectivity", "created_at", postgresql_where="state = 'pending'"),
        Index("ix_subscriber_asked", "created_at", postgresql_where="state = 'pending'"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    kind: Mapped[str]
    state: Mapped[str]
    person: Mapped[UUID | None]
    key_person: Mapped[UUID]
    language: Mapped[str]
    email: Mapped[bytes | None] = shreddable(LargeBinary)
    email_mark: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone: Mapped[bytes | None] = shreddable(LargeBinary)
    phone_mark: Mapped[bytes | None] = mapped_column(LargeBinary)
    line_mark: Mapped[bytes | None] = mapped_column(LargeBinary)
    prefers_calls: Mapped[bool] = mapped_column(server_default=text("false"))
    contact_due_at: Mapped[datetime | None] = mapped_column(Instant)
    news_at: Mapped[datetime | None] = mapped_column(Instant)
    emergency_at: Mapped[datetime | None] = mapped_column(Instant)
    exercise_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)


class Subscription(Base):
    """That a subscriber wants the news of a topic, and by which channels; ``digest`` is how often gathered mails go."""

    __tablename__ = "subscription"
    __table_args__ = (Index("ix_subscription_topic", "collectivity", "topic"),)

    subscriber_id: Mapped[UUID] = mapped_column(ForeignKey("subscriber.id", ondelete="CASCADE"), primary_key=True)
    topic: Mapped[str] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    channels: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    digest: Mapped[str | None]


class Place(Base):
    """Where a subscriber lives, or what else of the town they care for: searched by agents' areas, told to nobody.

    ``outline`` is set where there is more than a position: an area drawn, or ``radius`` metres around the position.
    """

    __tablename__ = "place"
    __table_args__ = (
        Index("ix_place_position", "position", postgresql_using="gist"),
        Index("ix_place_outline", "outline", postgresql_using="gist"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    subscriber_id: Mapped[UUID] = mapped_column(ForeignKey("subscriber.id", ondelete="CASCADE"), index=True)
    collectivity: Mapped[str]
    ordinal: Mapped[int] = mapped_column(SmallInteger)
    label: Mapped[bytes] = shreddable(LargeBinary)
    position: Mapped[Position | None] = searchable(PointType())
    radius: Mapped[int | None] = searchable(Integer)
    outline: Mapped[Ring | None] = searchable(PolygonType())


class Consent(Base):
    """A yes or a no of a subscriber to one purpose: when, by which way, and to which words."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_subscriber", "subscriber_id", "created_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    subscriber_id: Mapped[UUID] = mapped_column(ForeignKey("subscriber.id", ondelete="CASCADE"))
    collectivity: Mapped[str]
    purpose: Mapped[str]
    given: Mapped[bool]
    words: Mapped[str]
    way: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(Instant)


class SubscriptionCode(Base):
    """What somebody without an account must give back to confirm an address; ``mark`` is a blind index of the code."""

    __tablename__ = "subscription_code"
    __table_args__ = (Index("ix_subscription_code_expires", "expires_at"),)

    subscriber_id: Mapped[UUID] = mapped_column(ForeignKey("subscriber.id", ondelete="CASCADE"), primary_key=True)
    collectivity: Mapped[str]
    mark: Mapped[bytes] = mapped_column(LargeBinary)
    tries: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    expires_at: Mapped[datetime] = mapped_column(Instant)
