# SPDX-License-Identifier: EUPL-1.2
"""The tables of addresses at which nothing arrives, and of who has confirmed theirs anew."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from parvis_notifications.db.base import Base, Instant


class DeadAddress(Base):
    """What failed for good at an address, whoever has it, by its blind index, as subscribers have theirs.

    Until ``dead_until`` nothing that goes to many, and nothing of an application, is sent there; None where too little
    has failed for that. ``status`` is that of the last report, or a provider's code.
    """

    __tablename__ = "dead_address"
    __table_args__ = (
        Index("ix_dead_address_holds", "collectivity", "channel", "dead_until"),
        Index("ix_dead_address_told_at", "told_at"),
    )

    mark: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    collectivity: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int] = mapped_column(SmallInteger)
    status: Mapped[str]
    told_at: Mapped[datetime] = mapped_column(Instant)
    dead_until: Mapped[datetime | None] = mapped_column(Instant)


class ConfirmedAddress(Base):
    """Somebody has confirmed an address of that channel; which one is asked of identity once it is ``due_at``."""

    __tablename__ = "confirmed_address"
    __table_args__ = (Index("ix_confirmed_address_due_at", "due_at"),)

    person: Mapped[UUID] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    due_at: Mapped[datetime] = mapped_column(Instant)
