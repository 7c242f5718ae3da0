# SPDX-License-Identifier: EUPL-1.2
"""The tables of what is said about a request after it was filed, beside its messages."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, SmallInteger, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from parvis_kit.db.tables import shreddable
from parvis_requests.db.base import Base, Instant


class DocumentRequest(Base):
    """Documents, by their codes, that an agent asked for until a day; done once each of them was given."""

    __tablename__ = "document_request"
    __table_args__ = (Index("ix_document_request_request", "request_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("request.id", ondelete="CASCADE"))
    collectivity: Mapped[str]
    agent: Mapped[UUID]
    documents: Mapped[list[str]] = mapped_column(ARRAY(String))
    due_on: Mapped[date]
    created_at: Mapped[datetime] = mapped_column(Instant)
    completed_at: Mapped[datetime | None] = mapped_column(Instant)


class Satisfaction(Base):
    """What the author says of how they were served, once; the comment is sealed with their key."""

    __tablename__ = "satisfaction"
    __table_args__ = (Index("ix_satisfaction_at", "collectivity", "created_at"),)

    request_id: Mapped[UUID] = mapped_column(ForeignKey("request.id", ondelete="CASCADE"), primary_key=True)
    collectivity: Mapped[str]
    score: Mapped[int] = mapped_column(SmallInteger)
    comment: Mapped[bytes | None] = shreddable(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Instant)
