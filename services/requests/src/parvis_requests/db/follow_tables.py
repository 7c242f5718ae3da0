# SPDX-License-Identifier: EUPL-1.2
"""The table of who follows whose report instead of reporting again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from parvis_kit.db.tables import searchable
from parvis_requests.db.base import Base, Instant


class Follow(Base):
    """Somebody who is told how a public request that is not theirs moves on.

    Who has no account is a reporter of this follow alone; ``address``, a blind index, has one address follow once.
    """

    __tablename__ = "follow"
    __table_args__ = (
        UniqueConstraint("request_id", "person"),
        Index("uq_follow_address", "request_id", "address", unique=True, postgresql_where=text("address IS NOT NULL")),
        Index("ix_follow_person", "collectivity", "person", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("request.id", ondelete="CASCADE"))
    collectivity: Mapped[str]
    person: Mapped[UUID]
    address: Mapped[bytes | None] = searchable(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Instant)
