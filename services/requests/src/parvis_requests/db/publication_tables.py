# SPDX-License-Identifier: EUPL-1.2
"""The table of what agents decided to show of a request to the public."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, SmallInteger, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from parvis_kit.db.tables import searchable, shreddable
from parvis_requests.db.base import Base, Instant


class Publication(Base):
    """One decision, never changed afterwards; the ``latest`` of a request holds.

    ``words`` and ``photos`` are all that is shown of the request beside its place and state; the request keeps what
    was filed. Once ``hidden``, no public door tells of the request at all.
    """

    __tablename__ = "publication"
    __table_args__ = (Index("uq_publication_latest", "request_id", unique=True, postgresql_where=text("latest")),)

    request_id: Mapped[UUID] = mapped_column(ForeignKey("request.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    collectivity: Mapped[str]
    latest: Mapped[bool]
    hidden: Mapped[bool]
    words: Mapped[str | None] = searchable()
    photos: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    reason: Mapped[bytes | None] = shreddable(LargeBinary)
    agent: Mapped[UUID]
    decided_at: Mapped[datetime] = mapped_column(Instant)
