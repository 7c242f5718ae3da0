# SPDX-License-Identifier: EUPL-1.2
"""The table of calls: each of those that are made to one recipient of an alert, from before it is made."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from parvis_notifications.db.base import Base, Instant


class VoiceCall(Base):
    """One call. Without a ``reference`` nobody knows yet whether the provider has it; ``ended_at`` is when we knew.

    ``status`` is the provider's code, ``key`` the one that was pressed last. ``minutes`` are those begun;
    ``cost_millicents`` is in thousandths of a eurocent.
    """

    __tablename__ = "voice_call"
    __table_args__ = (
        Index("ix_voice_call_recipient", "recipient", "number"),
        Index(
            "uq_voice_call_reference", "provider", "reference", unique=True, postgresql_where="reference IS NOT NULL"
        ),
    )

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    recipient: Mapped[int] = mapped_column(BigInteger, ForeignKey("recipient.number", ondelete="CASCADE"))
    collectivity: Mapped[str]
    provider: Mapped[str]
    reference: Mapped[str | None]
    status: Mapped[str | None]
    key: Mapped[str | None]
    minutes: Mapped[int | None] = mapped_column(SmallInteger)
    cost_millicents: Mapped[int | None] = mapped_column(BigInteger)
    began_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
