# SPDX-License-Identifier: EUPL-1.2
"""The tables of retention: until when requests are kept, and what is left of those that are not."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from parvis_kit.db.tables import shreddable
from parvis_requests.db.base import Base, Instant


class Retention(Base):
    """A request that has ended, and from when on it is kept no longer."""

    __tablename__ = "retention"
    __table_args__ = (
        Index("ix_retention_due", "due_at", "request_id"),
        Index("ix_retention_notice", "collectivity", "due_at", "request_id"),
    )

    request_id: Mapped[UUID] = mapped_column(ForeignKey("request.id", ondelete="CASCADE"), primary_key=True)
    collectivity: Mapped[str]
    ended_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime] = mapped_column(Instant)


class LegalHold(Base):
    """An agent keeps a request beyond its time; the reason is sealed with its author's key."""

    __tablename__ = "legal_hold"

    request_id: Mapped[UUID] = mapped_column(ForeignKey("request.id", ondelete="CASCADE"), primary_key=True)
    collectivity: Mapped[str]
    agent: Mapped[UUID]
    reason: Mapped[bytes] = shreddable(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Instant)


class PurgedRequest(Base):
    """All that stays of a request: what it was, where it was handled and how it ended, for statistics and as proof.

    Its id is its own: neither the request's, which events named beside its author's.
    """

    __tablename__ = "purged_request"
    __table_args__ = (
        Index("ix_purged_request_newest", "collectivity", "purged_at", "id"),
        Index("ix_purged_request_type", "type_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    reference: Mapped[str]
    type_id: Mapped[UUID] = mapped_column(ForeignKey("request_type.id"))
    type_code: Mapped[str]
    type_version: Mapped[int]
    status: Mapped[str]
    team: Mapped[str]
    area: Mapped[str | None]
    filed_on: Mapped[date]
    ended_on: Mapped[date]
    purged_at: Mapped[datetime] = mapped_column(Instant)


class Destruction(Base):
    """What lies outside of this database and is still to be destroyed: a file, or the key of a reporter."""

    __tablename__ = "destruction"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    kind: Mapped[str]
