# SPDX-License-Identifier: EUPL-1.2
"""The table of the tokens by which people without an account follow their request."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from parvis_requests.db.base import Base, Instant


class Tracking(Base):
    """What lets somebody without an account come back; the token itself is known to them alone."""

    __tablename__ = "tracking"
    __table_args__ = (Index("ix_tracking_person", "person"), Index("ix_tracking_newest", "collectivity", "created_at"))

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    person: Mapped[UUID] = mapped_column(ForeignKey("reporter.person", ondelete="CASCADE"))
    collectivity: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(Instant)
