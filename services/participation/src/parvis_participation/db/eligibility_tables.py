# SPDX-License-Identifier: EUPL-1.2
"""The tables that say who may vote."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from parvis_participation.db.base import Base, Instant


class Residence(Base):
    """That an agent saw where a person lives; what they saw, never a copy of it. It holds until a day."""

    __tablename__ = "residence"
    __table_args__ = (Index("ix_residence_expires_on", "expires_on"),)

    collectivity: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[UUID] = mapped_column(primary_key=True, index=True)
    area: Mapped[str | None]
    evidence: Mapped[str]
    expires_on: Mapped[date]
    attested_by: Mapped[str]
    attested_at: Mapped[datetime] = mapped_column(Instant)


class PollEntitled(Base):
    """Who may vote in a poll that is for the people of a list, under the keys that identity makes of them."""

    __tablename__ = "poll_entitled"

    poll_id: Mapped[UUID] = mapped_column(ForeignKey("poll.id"), primary_key=True)
    person_key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    collectivity: Mapped[str]
