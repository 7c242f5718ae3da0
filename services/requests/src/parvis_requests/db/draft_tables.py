# SPDX-License-Identifier: EUPL-1.2
"""The table of requests that are being written."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from parvis_kit.db.tables import shreddable
from parvis_requests.db.base import Base, Instant


class RequestDraft(Base):
    """A request as far as its author has written it: JSON, sealed with their key."""

    __tablename__ = "request_draft"
    __table_args__ = (
        Index("ix_request_draft_author", "collectivity", "author", "id"),
        Index("ix_request_draft_updated_at", "updated_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    author: Mapped[UUID]
    content: Mapped[bytes] = shreddable(LargeBinary)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
