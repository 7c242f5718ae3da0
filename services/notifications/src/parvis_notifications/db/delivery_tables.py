# SPDX-License-Identifier: EUPL-1.2
"""The tables of deliveries: why a message goes by a channel, how it does, and each attempt."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from parvis_kit.db.tables import shreddable
from parvis_notifications.db.base import Base, Instant

# The name under which addresses are sealed: that which the table had when mails were all it held.
SEALED_ADDRESS: Final = "email_delivery.address"


class DeliveryDecision(Base):
    """Why a message went by a channel, goes later, with others in the mail ``digest_id``, or does not.

    ``rank`` is the channel's place among those that are tried one after the other, from 1; ``follows`` the channel
    whose failure had it used.
    """

    __tablename__ = "delivery_decision"
    __table_args__ = (Index("ix_delivery_decision_digest", "digest_id", postgresql_where="digest_id IS NOT NULL"),)

    message_id: Mapped[UUID] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    outcome: Mapped[str]
    reason: Mapped[str]
    not_before_at: Mapped[datetime | None] = mapped_column(Instant)
    decided_at: Mapped[datetime] = mapped_column(Instant)
    digest_id: Mapped[UUID | None]
    rank: Mapped[int | None] = mapped_column(SmallInteger)
    follows: Mapped[str | None]


class Delivery(Base):
    """The way of one message to one address, by one channel.

    ``target`` is the browser where it goes by web push, and the digest where a mail tells of other messages, too.
    ``not_before_at`` is the end of the quiet hours that it waits for. ``due_at`` is when somebody must look at the row:
    the next attempt, or while it is being sent the end of the claim; ``bulk`` ones go after others.
    ``ask_at`` is when the provider is asked next what became of it, where it can be asked and nothing final is known.
    From ``useless_at`` on it goes no more. ``handed_over_at`` is set from just before the content goes to a provider
    until its answer is known. ``address_doubts`` counts the changes of the person's address that were told since it was
    asked for. ``provider`` is the last one that it was handed to, ``provider_reference`` its name there. ``delayed_at``
    is when it was last told that delivery is still tried, ``bounced_at`` when it was told that it will not arrive;
    ``report_status`` is that of the last report (for mails RFC 3463). ``cost_millicents`` is in thousandths of a
    eurocent. ``fallback_at`` is when it is looked into what goes in its place, should it have failed for good; None
    where nothing does, or that was settled.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        Index(
            "uq_delivery_message_id_target",
            "message_id",
            "channel",
            "target",
            unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        Index(
            "ix_delivery_turn",
            "channel",
            "bulk",
            "due_at",
            postgresql_where="state IN ('pending', 'retry', 'sending')",
        ),
        Index(
            "ix_delivery_waiting",
            "channel",
            "bulk",
            "state",
            text("coalesce(not_before_at, created_at)"),
            postgresql_where="state IN ('pending', 'retry')",
        ),
        Index("ix_delivery_created_at", "collectivity", "created_at", "id"),
        Index("ix_delivery_room", "target", "provider_reference", postgresql_where="channel = 'chat'"),
        Index("ix_delivery_ask", "channel", "ask_at", postgresql_where="ask_at IS NOT NULL"),
        Index(
            "ix_delivery_fallback",
            "fallback_at",
            postgresql_where="fallback_at IS NOT NULL AND state IN ('failed', 'bounced')",
        ),
        Index(
            "ix_delivery_reference",
            "provider",
            "provider_reference",
            postgresql_where="provider_reference IS NOT NULL",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    message_id: Mapped[UUID] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"))
    channel: Mapped[str] = mapped_column(server_default=text("'email'"))
    target: Mapped[UUID | None]
    collectivity: Mapped[str]
    address: Mapped[bytes] = shreddable(LargeBinary)
    address_doubts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    bulk: Mapped[bool] = mapped_column(server_default=text("false"))
    not_before_at: Mapped[datetime | None] = mapped_column(Instant)
    due_at: Mapped[datetime] = mapped_column(Instant)
    useless_at: Mapped[datetime | None] = mapped_column(Instant)
    ask_at: Mapped[datetime | None] = mapped_column(Instant)
    claim: Mapped[UUID | None]
    handed_over_at: Mapped[datetime | None] = mapped_column(Instant)
    provider: Mapped[str | None]
    provider_reference: Mapped[str | None]
    last_reply: Mapped[str | None]
    fault: Mapped[str | None]
    segments: Mapped[int | None] = mapped_column(SmallInteger)
    cost_millicents: Mapped[int | None] = mapped_column(BigInteger)
    traceparent: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    delivered_at: Mapped[datetime | None] = mapped_column(Instant)
    delayed_at: Mapped[datetime | None] = mapped_column(Instant)
    bounced_at: Mapped[datetime | None] = mapped_column(Instant)
    report_status: Mapped[str | None]
    fallback_at: Mapped[datetime | None] = mapped_column(Instant)


class DeliveryAttempt(Base):
    """One attempt at a delivery: with which provider, and what it answered; without an end it is not known yet."""

    __tablename__ = "delivery_attempt"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    delivery_id: Mapped[UUID] = mapped_column(ForeignKey("delivery.id", ondelete="CASCADE"), index=True)
    collectivity: Mapped[str]
    provider: Mapped[str]
    began_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    outcome: Mapped[str | None]
    reply: Mapped[str | None]


class SmsReceipt(Base):
    """What an operator told by SMPP of a message of the deployment's account, whosever it was.

    ``recipient`` is a blind index of the number, ``reference`` what we had given the message along, ``state`` the
    ``message_state`` of SMPP 3.4 (section 5.2.28).
    """

    __tablename__ = "sms_receipt"
    __table_args__ = (
        Index("ix_sms_receipt_recipient", "provider", "recipient", "reference"),
        Index("ix_sms_receipt_created_at", "created_at"),
    )

    provider: Mapped[str] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(primary_key=True)
    recipient: Mapped[bytes] = mapped_column(LargeBinary)
    reference: Mapped[int | None] = mapped_column(Integer)
    state: Mapped[int] = mapped_column(SmallInteger)
    error: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(Instant)
