# SPDX-License-Identifier: EUPL-1.2
"""The tables of the participation service; each row belongs to a collectivity."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from parvis_kit.db.tables import Base as KitBase
from parvis_kit.db.tables import new_metadata

Instant = DateTime(timezone=True)


class Base(KitBase):
    """The base of this service's tables."""

    __abstract__ = True
    metadata = new_metadata()


class Consultation(Base):
    """A consultation; its texts are the town's own and public."""

    __tablename__ = "consultation"
    __table_args__ = (
        Index("ix_consultation_newest", "collectivity", "created_at", "id"),
        Index("ix_consultation_opening", "opens_at", postgresql_where=text("opening_told_at IS NULL")),
        Index("ix_consultation_closing", "closes_at", postgresql_where=text("closing_told_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    title: Mapped[dict[str, str]] = mapped_column(JSONB)
    description: Mapped[dict[str, str]] = mapped_column(JSONB)
    question: Mapped[dict[str, str]] = mapped_column(JSONB)
    options: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    opens_at: Mapped[datetime] = mapped_column(Instant)
    closes_at: Mapped[datetime] = mapped_column(Instant)
    published_at: Mapped[datetime | None] = mapped_column(Instant)
    opening_told_at: Mapped[datetime | None] = mapped_column(Instant)
    closing_told_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Instant)


class Answer(Base):
    """What one person answered: nominative, and said so; the unique key alone refuses a second answer."""

    __tablename__ = "answer"
    __table_args__ = (
        UniqueConstraint("consultation_id", "person"),
        Index("ix_answer_option", "consultation_id", "option"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    consultation_id: Mapped[UUID] = mapped_column(ForeignKey("consultation.id"))
    person: Mapped[UUID]
    option: Mapped[str]
    answered_at: Mapped[datetime] = mapped_column(Instant)
