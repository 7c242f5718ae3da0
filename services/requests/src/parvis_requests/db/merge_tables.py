# SPDX-License-Identifier: EUPL-1.2
"""The table of requests that report the same as another one."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from parvis_requests.db.base import Base, Instant


class Merge(Base):
    """A request that goes along with another one; each keeps all that it has. A parent is nobody's child."""

    __tablename__ = "merge"
    __table_args__ = (
        Index("ix_merge_parent", "parent_id", "child_id"),
        Index("ix_merge_collectivity", "collectivity", "child_id", "parent_id"),
    )

    child_id: Mapped[UUID] = mapped_column(ForeignKey("request.id", ondelete="CASCADE"), primary_key=True)
    parent_id: Mapped[UUID] = mapped_column(ForeignKey("request.id", ondelete="CASCADE"))
    collectivity: Mapped[str]
    agent: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(Instant)
