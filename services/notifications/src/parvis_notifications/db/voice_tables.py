# SPDX-License-Identifier: EUPL-1.2
"""The table of calls, of alerts and of messages to one person: each from before it is made."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from parvis_notifications.db.base import Base, Instant


class VoiceCall(Base):
    """One call: to a ``recipient`` of an alert, or of the delivery ``delivery_id`` of a message.

    Without a ``reference`` nobody knows yet whether the provider has it; ``ended_at`` is when we knew.
    ``status`` is the provider's code, ``key`` the one that was pressed last. ``minutes`` are those begun;
    ``cost_millicents`` is in thousandths of a eurocent.
    """

    __tablename__ = "voice_call"
    __table_args__ = (
        Index("ix_voice_call_recipient", "recipient", "number"),
        Index("ix_voice_call_delivery", "delivery_id", "number", postgresql_where="delivery_id IS NOT NULL"),
        CheckConstraint("num_nonnulls(recipient, delivery_id) = 1", name="of_one"),
        Index(
            "uq_voice_call_reference", "provider", "reference", unique=True, postgresql_where="reference IS NOT NULL"
        ),
    )

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    recipient: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("recipient.number", ondelete="CASCADE"))
    delivery_id: Mapped[UUID | None] = mapped_column(ForeignKey("delivery.id", ondelete="CASCADE"))
    collectivity: Mapped[str]
    provider: Mapped[str]
    reference: Mapped[str | None]
    status: Mapped[str | None]
    key: Mapped[str | None]
    minutes: Mapped[int | None] = mapped_column(SmallInteger)
    cost_millicents: Mapped[int | None] = mapped_column(BigInteger)
    began_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
