# SPDX-License-Identifier: EUPL-1.2
"""The table of those who are to be asked how they were served."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from parvis_requests.db.base import Base, Instant


class Survey(Base):
    """The author of a request that ended is asked from ``due_at`` on, once; ``closes_at`` is when it is too late."""

    __tablename__ = "survey"
    __table_args__ = (Index("ix_survey_due", "due_at", postgresql_where=text("asked_at IS NULL")),)

    request_id: Mapped[UUID] = mapped_column(ForeignKey("request.id", ondelete="CASCADE"), primary_key=True)
    collectivity: Mapped[str]
    due_at: Mapped[datetime] = mapped_column(Instant)
    closes_at: Mapped[datetime] = mapped_column(Instant)
    asked_at: Mapped[datetime | None] = mapped_column(Instant)
