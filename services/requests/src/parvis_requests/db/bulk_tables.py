# SPDX-License-Identifier: EUPL-1.2
"""The tables of bulk operations: one act on many requests."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, SmallInteger, String, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from parvis_kit.db.tables import shreddable
from parvis_requests.db.base import Base, Instant


class BulkOperation(Base):
    """One act that an agent does to many requests, worked off with the roles and teams that their token then named.

    ``assignment`` says to whom they go, ``priority`` how pressing they are, where that is the act.
    """

    __tablename__ = "bulk_operation"
    __table_args__ = (Index("ix_bulk_operation_created_at", "created_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    agent: Mapped[UUID]
    roles: Mapped[list[str]] = mapped_column(ARRAY(String))
    teams: Mapped[list[str]] = mapped_column(ARRAY(String), server_default=text("'{}'"))
    action: Mapped[str]
    assignment: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    priority: Mapped[int | None] = mapped_column(SmallInteger)
    reason: Mapped[bytes | None] = shreddable(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Instant)


class BulkItem(Base):
    """One request of a bulk operation; ``outcome`` is None while it waits, ``done``, or the code of a problem."""

    __tablename__ = "bulk_item"
    __table_args__ = (
        Index("ix_bulk_item_waiting", "operation_id", "position", postgresql_where=text("outcome IS NULL")),
    )

    operation_id: Mapped[UUID] = mapped_column(ForeignKey("bulk_operation.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    collectivity: Mapped[str]
    request_id: Mapped[UUID]
    version: Mapped[int]
    outcome: Mapped[str | None]
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
