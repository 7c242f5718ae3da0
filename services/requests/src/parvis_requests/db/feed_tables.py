# SPDX-License-Identifier: EUPL-1.2
"""The table of calendar feeds."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Index, Uuid, literal_column
from sqlalchemy.orm import Mapped, mapped_column

from parvis_requests.db.base import Base, Instant


class CalendarFeed(Base):
    """A calendar at a secret address, of which only the digest is kept: an agent's agendas, or a person's own."""

    __tablename__ = "calendar_feed"
    __table_args__ = (
        Index("ix_calendar_feed_owner", "owner", "collectivity"),
        Index("ix_calendar_feed_town", "collectivity", "id", postgresql_where=literal_column("by_agent")),
        Index("ix_calendar_feed_ended", "ends_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    owner: Mapped[UUID]
    by_agent: Mapped[bool]
    agendas: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    language: Mapped[str]
    digest: Mapped[bytes] = mapped_column(unique=True)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
