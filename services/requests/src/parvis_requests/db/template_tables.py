# SPDX-License-Identifier: EUPL-1.2
"""The table of replies that agents begin with."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, String
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from parvis_requests.db.base import Base, Instant


class ReplyTemplate(Base):
    """Words in each language, with variables; for requests of these types, or of all where none is named."""

    __tablename__ = "reply_template"
    __table_args__ = (Index("ix_reply_template_newest", "collectivity", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    name: Mapped[str]
    words: Mapped[dict[str, str]] = mapped_column(JSONB)
    request_types: Mapped[list[str]] = mapped_column(ARRAY(String))
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
