# SPDX-License-Identifier: EUPL-1.2
"""The tables of what goes to many at once: the texts, the area, who is reached, and the way of each by each channel.

The rows of an audience refer to others without foreign keys: one statement writes a hundred thousand of them, and each
key would be looked up once more for each.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from parvis_kit.db.tables import shreddable
from parvis_notifications.db.base import Base, Instant
from parvis_notifications.db.geometry_types import PolygonType
from parvis_notifications.domain.geometry import Ring


class Broadcast(Base):
    """One text to many: a piece of news to a topic's subscribers, or an alert to whoever is in its area.

    ``lane`` is ``news`` or ``alert``; each has a sender and connections of its own. ``texts`` has a subject and a body
    by language. With ``escalate_seconds`` a channel is used so long after the one before it, and only for whom that
    has not reached or who has not answered; without, all are used at once. ``social`` is whether it is published on
    the town's social accounts as well. ``alone`` is set where its author may approve it, which an exercise alone
    allows. It goes, and is shown to the public, from ``publish_at`` on. Its audience is not frozen before
    ``freeze_after``, which is later with each of the ``freeze_attempts``. ``version`` is the ETag.
    """

    __tablename__ = "broadcast"
    __table_args__ = (
        # The two-person rule: nothing of an alert goes out that its author alone wanted, but for an exercise where the
        # deployment allows that.
        CheckConstraint(
            "lane <> 'alert' OR state IN ('draft', 'cancelled')"
            " OR (approver IS NOT NULL AND (approver <> author OR (alone AND exercise)))",
            name="two_persons",
        ),
        Index("ix_broadcast_open", "lane", "created_at", postgresql_where="state IN ('ready', 'sending')"),
        Index("ix_broadcast_lane", "collectivity", "lane", "created_at", "id"),
        Index("ix_broadcast_created_at", "created_at"),
        Index("ix_broadcast_published", "collectivity", "lane", "publish_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    lane: Mapped[str]
    state: Mapped[str]
    topic: Mapped[str | None]
    texts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    link: Mapped[str | None]
    everywhere: Mapped[bool]
    area_label: Mapped[str | None]
    channels: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    escalate_seconds: Mapped[int | None] = mapped_column(Integer)
    exercise: Mapped[bool]
    social: Mapped[bool] = mapped_column(server_default=text("false"))
    author: Mapped[UUID]
    approver: Mapped[UUID | None]
    alone: Mapped[bool] = mapped_column(server_default=text("false"))
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(Instant)
    publish_at: Mapped[datetime] = mapped_column(Instant, server_default=text("now()"))
    freeze_attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    freeze_after: Mapped[datetime | None] = mapped_column(Instant)
    frozen_at: Mapped[datetime | None] = mapped_column(Instant)
    done_at: Mapped[datetime | None] = mapped_column(Instant)


class BroadcastArea(Base):
    """One outline of the area of a broadcast; without holes, which CAP 1.2 does not know either."""

    __tablename__ = "broadcast_area"

    broadcast_id: Mapped[UUID] = mapped_column(ForeignKey("broadcast.id", ondelete="CASCADE"), primary_key=True)
    ordinal: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    collectivity: Mapped[str]
    outline: Mapped[Ring] = mapped_column(PolygonType())


class Recipient(Base):
    """One of those whom a broadcast is for, from when its audience was frozen; ``answer`` is theirs to it.

    ``helped_at`` is when an agent said that they were helped, until they answer anew; ``acknowledged_at`` when they
    first showed that they heard of it, without an answer. ``read_at`` is when they read it in their inbox.
    """

    __tablename__ = "recipient"
    __table_args__ = (
        Index("uq_recipient_broadcast_id_subscriber_id", "broadcast_id", "subscriber_id", unique=True),
        Index("ix_recipient_subscriber", "subscriber_id", "number"),
        Index("ix_recipient_answer", "broadcast_id", "answer", "answered_at", postgresql_where="answer IS NOT NULL"),
    )

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    broadcast_id: Mapped[UUID]
    subscriber_id: Mapped[UUID]
    collectivity: Mapped[str]
    language: Mapped[str]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    helped_at: Mapped[datetime | None] = mapped_column(Instant)
    acknowledged_at: Mapped[datetime | None] = mapped_column(Instant)
    read_at: Mapped[datetime | None] = mapped_column(Instant)


class HelpMark(Base):
    """That an agent said whether somebody who asked for help was helped; the note is sealed as their addresses are.

    ``key_person`` is whose key that is: None where nothing was known of them any more.
    """

    __tablename__ = "help_mark"
    __table_args__ = (
        Index("ix_help_mark_recipient", "recipient", "created_at", "id"),
        Index("ix_help_mark_key_person", "key_person", postgresql_where="note IS NOT NULL"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    recipient: Mapped[int] = mapped_column(BigInteger, ForeignKey("recipient.number", ondelete="CASCADE"))
    collectivity: Mapped[str]
    key_person: Mapped[UUID | None]
    helped: Mapped[bool]
    agent: Mapped[UUID]
    note: Mapped[bytes | None] = shreddable(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Instant)


class RegisterVisit(Base):
    """That somebody of the register, whom an alert was for, was called on; the last that was kept holds.

    ``note`` is sealed with the key of their entry.
    """

    __tablename__ = "register_visit"
    __table_args__ = (Index("ix_register_visit_recipient", "recipient", "created_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    recipient: Mapped[int] = mapped_column(BigInteger, ForeignKey("recipient.number", ondelete="CASCADE"))
    collectivity: Mapped[str]
    outcome: Mapped[str]
    agent: Mapped[UUID]
    note: Mapped[bytes | None] = shreddable(LargeBinary)
    visited_at: Mapped[datetime] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)


class BroadcastDelivery(Base):
    """The way of a broadcast to one recipient by one channel; the address is the subscriber's, read when it goes.

    The states are those of other deliveries, and ``skipped``: nobody needs it by this channel any more. ``due_at`` is
    when somebody must look at the row, as with other deliveries; nobody must for what was taken or is final, and it is
    infinite. ``doubts`` counts the attempts that went out and were not answered. ``ask_at`` is when the provider is
    asked next what became of a text message or a call that it took; ``delayed_at`` is when it was last told that a mail
    is still tried, ``report_status`` that of the last report (RFC 3463 for mails). ``taken_by`` are the browsers that
    have it while others of the same person are still to be told. What is ``gathered`` waits for the mail of
    ``digest_id``, and nobody looks at it before that has gone. Of a call that was taken ``due_at`` is the end of the
    time in which it is asked after; ``segments`` are the begun minutes of all calls.
    """

    __tablename__ = "broadcast_delivery"
    __table_args__ = (
        Index("ix_broadcast_delivery_due", "broadcast_id", "channel", "due_at"),
        Index("ix_broadcast_delivery_ask", "ask_at", postgresql_where="ask_at IS NOT NULL"),
        Index("ix_broadcast_delivery_digest", "digest_id", postgresql_where="digest_id IS NOT NULL"),
        Index("ix_broadcast_delivery_gathered", "broadcast_id", postgresql_where="state = 'gathered'"),
    )

    recipient: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    broadcast_id: Mapped[UUID]
    collectivity: Mapped[str]
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    doubts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    due_at: Mapped[datetime] = mapped_column(Instant)
    claim: Mapped[UUID | None]
    handed_over_at: Mapped[datetime | None] = mapped_column(Instant)
    provider: Mapped[str | None]
    provider_reference: Mapped[str | None]
    last_reply: Mapped[str | None]
    segments: Mapped[int | None] = mapped_column(SmallInteger)
    cost_millicents: Mapped[int | None] = mapped_column(BigInteger)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    ask_at: Mapped[datetime | None] = mapped_column(Instant)
    delivered_at: Mapped[datetime | None] = mapped_column(Instant)
    delayed_at: Mapped[datetime | None] = mapped_column(Instant)
    bounced_at: Mapped[datetime | None] = mapped_column(Instant)
    report_status: Mapped[str | None]
    taken_by: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid))
    digest_id: Mapped[UUID | None]


class BroadcastAttempt(Base):
    """One attempt of a recipient's turn ``number`` by a channel: with whom, what they answered, whose fault that was.

    ``step`` counts the attempts of one turn: each provider that was offered it, each browser. Without ``ended_at``
    nobody knows what was answered; without a ``provider`` it is not known either who had it. Calls are kept one by one
    as ``voice_call``, and mails that gather several pieces of news as deliveries to one person.
    """

    __tablename__ = "broadcast_attempt"

    recipient: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    step: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    collectivity: Mapped[str]
    provider: Mapped[str | None]
    began_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    outcome: Mapped[str]
    reply: Mapped[str | None]
    fault: Mapped[str | None]
    reference: Mapped[str | None]
    segments: Mapped[int | None] = mapped_column(SmallInteger)
    cost_millicents: Mapped[int | None] = mapped_column(BigInteger)
