# SPDX-License-Identifier: EUPL-1.2
"""The table of the views that agents save."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from parvis_kit.db.tables import searchable
from parvis_requests.db.base import Base, Instant


class SavedView(Base):
    """Filters of the work queue that an agent keeps under a name; ``shared`` ones are seen by all agents."""

    __tablename__ = "saved_view"
    __table_args__ = (
        Index("ix_saved_view_newest", "collectivity", "created_at", "id"),
        Index("ix_saved_view_owner", "owner"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    owner: Mapped[UUID]
    name: Mapped[str] = searchable()
    shared: Mapped[bool]
    filters: Mapped[dict[str, Any]] = searchable(JSONB)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
