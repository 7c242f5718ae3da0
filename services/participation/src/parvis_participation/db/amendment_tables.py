# SPDX-License-Identifier: EUPL-1.2
"""The table of amendments."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from parvis_kit.db.tables import searchable
from parvis_participation.db.base import Base, Instant


class ProposalAmendment(Base):
    """Words in which somebody wants a proposal to be, with those of the version that they read (``base_…``).

    ``answer`` is what ``answered_by``, who writes the proposal, said, and is seen by nobody once moderators removed it
    (``answer_removed_at``); ``made_version`` the version it became a part of;
    ``conflicting_at`` when they wanted to accept it, and the same place had changed. Without words once it, or the
    proposal, is withdrawn.
    """

    __tablename__ = "proposal_amendment"
    __table_args__ = (
        Index("ix_proposal_amendment_newest", "proposal_id", "created_at", "id"),
        Index("ix_proposal_amendment_person", "person", "created_at"),
        Index("ix_proposal_amendment_answered_by", "answered_by", postgresql_where=text("answered_by IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"))
    person: Mapped[UUID]
    base_version: Mapped[int]
    base_title: Mapped[str | None] = searchable()
    base_description: Mapped[str | None] = searchable()
    title: Mapped[str | None] = searchable()
    description: Mapped[str | None] = searchable()
    reasons: Mapped[str | None] = searchable()
    answer: Mapped[str | None] = searchable()
    state: Mapped[str]
    made_version: Mapped[int | None]
    answered_by: Mapped[UUID | None]
    answer_removed_at: Mapped[datetime | None] = mapped_column(Instant)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    conflicting_at: Mapped[datetime | None] = mapped_column(Instant)
    removed_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Instant)
