# SPDX-License-Identifier: EUPL-1.2
"""The tables of what goes to other bodies by Open311: where, which types, and how far each request is."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, SmallInteger, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from parvis_requests.db.base import Base, Instant

_BUSY: Final = "state IN ('waiting', 'sending', 'unsure', 'accepted')"


class Open311Body(Base):
    """Another body's endpoint. ``api_key`` is sealed; after a failure it is not called before ``rests_until``."""

    __tablename__ = "open311_body"
    __table_args__ = (
        Index("ix_open311_body_collectivity", "collectivity", "created_at", "id"),
        Index("ix_open311_body_poll", "poll_next_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str] = mapped_column(ForeignKey("collectivity.collectivity"))
    name: Mapped[dict[str, str]] = mapped_column(JSONB)
    endpoint: Mapped[str]
    jurisdiction_id: Mapped[str | None]
    api_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    format: Mapped[str]
    has_updates: Mapped[bool]
    idempotent: Mapped[bool]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
    polled_until: Mapped[datetime] = mapped_column(Instant)
    poll_next_at: Mapped[datetime] = mapped_column(Instant)
    rests_until: Mapped[datetime | None] = mapped_column(Instant)
    failing_since: Mapped[datetime | None] = mapped_column(Instant)
    last_error: Mapped[str | None]


class Open311Service(Base):
    """How requests of a type become another body's (parvis_requests.domain.forwarding.ServiceRule)."""

    __tablename__ = "open311_service"

    collectivity: Mapped[str] = mapped_column(primary_key=True)
    type_code: Mapped[str] = mapped_column(primary_key=True)
    body_id: Mapped[UUID] = mapped_column(ForeignKey("open311_body.id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(SmallInteger)
    service_code: Mapped[str]
    sends: Mapped[list[str]] = mapped_column(ARRAY(String))
    attributes: Mapped[dict[str, Any]] = mapped_column(JSONB)
    acts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    messages: Mapped[bool]
    relays: Mapped[bool]


class Forwarding(Base):
    """A request on its way to another body, or handled there.

    ``tries`` is also the claim of whoever works on it: who comes back late finds another number. ``news`` is a digest
    of what was told last.
    """

    __tablename__ = "forwarding"
    __table_args__ = (
        UniqueConstraint("body_id", "service_request_id"),
        Index("ix_forwarding_next", "next_at", postgresql_where=text(_BUSY)),
        Index("ix_forwarding_followed", "body_id", "followed_at", postgresql_where=text("state = 'followed'")),
        Index("ix_forwarding_state", "collectivity", "state", "request_id"),
        Index("ix_forwarding_newest", "collectivity", "created_at", "request_id"),
    )

    request_id: Mapped[UUID] = mapped_column(ForeignKey("request.id", ondelete="CASCADE"), primary_key=True)
    collectivity: Mapped[str]
    body_id: Mapped[UUID] = mapped_column(ForeignKey("open311_body.id", ondelete="CASCADE"))
    state: Mapped[str]
    token: Mapped[str | None]
    service_request_id: Mapped[str | None]
    tries: Mapped[int] = mapped_column(default=0)
    look_ups: Mapped[int] = mapped_column(SmallInteger, default=0)
    next_at: Mapped[datetime] = mapped_column(Instant)
    first_sent_at: Mapped[datetime | None] = mapped_column(Instant)
    error: Mapped[str | None]
    remote_status: Mapped[str | None]
    news: Mapped[bytes | None] = mapped_column(LargeBinary)
    followed_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)


class ForwardedUpdate(Base):
    """An update of another body that was told, or that is our own: it is told once."""

    __tablename__ = "forwarded_update"

    body_id: Mapped[UUID] = mapped_column(ForeignKey("open311_body.id", ondelete="CASCADE"), primary_key=True)
    update_id: Mapped[str] = mapped_column(primary_key=True)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("request.id", ondelete="CASCADE"), index=True)
    collectivity: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(Instant)


class ForwardedMessage(Base):
    """What the author wrote about a request that another body handles, or that they took it back, on its way there."""

    __tablename__ = "forwarded_message"
    __table_args__ = (
        Index("ix_forwarded_message_next", "next_at", postgresql_where=text("state = 'waiting'")),
        Index("ix_forwarded_message_request", "request_id"),
    )

    message_id: Mapped[UUID] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), primary_key=True)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("request.id", ondelete="CASCADE"))
    collectivity: Mapped[str]
    withdraws: Mapped[bool] = mapped_column(server_default=text("false"))
    state: Mapped[str]
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
