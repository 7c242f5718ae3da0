# SPDX-License-Identifier: EUPL-1.2
"""The table of answers that another administration certifies."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, literal_column
from sqlalchemy.orm import Mapped, mapped_column

from parvis_kit.db.tables import shreddable
from parvis_requests.db.base import Base, Instant


class CertifiedRow(Base):
    """A consent to have an answer certified, and what came of it.

    ``consent`` is the text that the person was shown; ``fact`` is the value, its month and who certifies it, sealed
    with their key: nothing else of what the provider told is kept. Until it joins a request it is the person's alone.
    """

    __tablename__ = "certified_answer"
    __table_args__ = (
        Index("ix_certified_answer_person", "person", "collectivity", "id"),
        Index(
            "ix_certified_answer_request",
            "request_id",
            postgresql_where=literal_column("request_id IS NOT NULL"),
        ),
        Index("ix_certified_answer_loose", "created_at", postgresql_where=literal_column("request_id IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    person: Mapped[UUID]
    request_id: Mapped[UUID | None] = mapped_column(ForeignKey("request.id", ondelete="CASCADE"))
    type_code: Mapped[str]
    question: Mapped[str]
    source: Mapped[str]
    consent: Mapped[str]
    state: Mapped[str]
    reason: Mapped[str | None]
    fact: Mapped[bytes | None] = shreddable(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Instant)
    concluded_at: Mapped[datetime | None] = mapped_column(Instant)
