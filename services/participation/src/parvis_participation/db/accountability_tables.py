# SPDX-License-Identifier: EUPL-1.2
"""The tables of what became of proposals."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from parvis_participation.db.base import Base, Instant


class ProposalMilestone(Base):
    """What the town decided or did about a proposal, in its own words; never changed: the next one says what holds.

    ``told_after`` is the last follower who was told of it.
    """

    __tablename__ = "proposal_milestone"
    __table_args__ = (
        Index("ix_proposal_milestone_newest", "proposal_id", "created_at", "id"),
        Index("ix_proposal_milestone_town", "collectivity", "created_at", "id"),
        Index("ix_proposal_milestone_untold", "id", postgresql_where=text("told_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"))
    outcome: Mapped[str]
    title: Mapped[dict[str, str]] = mapped_column(JSONB)
    details: Mapped[dict[str, str]] = mapped_column(JSONB)
    reached_on: Mapped[date]
    expected_on: Mapped[date | None]
    cost: Mapped[str | None]
    reported_by: Mapped[UUID]
    told_after: Mapped[UUID | None]
    told_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)


class ProposalFollower(Base):
    """That somebody wants to be told what becomes of a proposal."""

    __tablename__ = "proposal_follower"
    __table_args__ = (
        UniqueConstraint("proposal_id", "person"),
        Index("ix_proposal_follower_next", "proposal_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"))
    person: Mapped[UUID] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
