# SPDX-License-Identifier: EUPL-1.2
"""The tables of clients of Open311: their keys, and the updates that they sent."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from parvis_requests.db.base import Base, Instant


class Open311Key(Base):
    """What lets a client file requests by Open311; the key itself is known to the client alone."""

    __tablename__ = "open311_key"
    __table_args__ = (UniqueConstraint("digest"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    name: Mapped[str]
    digest: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)


class Open311Update(Base):
    """An update that a client sent: by its own id, what it said as a digest, and the act that it became."""

    __tablename__ = "open311_update"

    client_id: Mapped[str] = mapped_column(primary_key=True)
    update_id: Mapped[str] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    request_id: Mapped[UUID] = mapped_column(ForeignKey("request.id", ondelete="CASCADE"), index=True)
    sequence: Mapped[int]
    digest: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(Instant)
