# SPDX-License-Identifier: EUPL-1.2
"""The tables of proposals."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from parvis_kit.db.tables import searchable
from parvis_participation.db.base import Base, Instant


class Proposal(Base):
    """What somebody asks of their town, in their words, which they publish; without words once it is withdrawn.

    ``process_id`` is the process within which it was made, for good. ``outcome`` is what the town has decided or done,
    since ``outcome_on``; ``cost`` what it says that it costs. ``supports_kept`` is how many supported it, once who did
    is forgotten; it takes no more, until the town takes it up again: then that number is the last of
    ``earlier_supports``, and people support it anew. ``ranked_supports`` and ``ranked_comments`` are how many supported
    and discussed it when the worker last counted, for the order of lists.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        Index("ix_proposal_newest", "collectivity", "created_at", "id"),
        Index("ix_proposal_supported", "collectivity", text("to_timestamp(ranked_supports)"), "id"),
        Index("ix_proposal_discussed", "collectivity", text("to_timestamp(ranked_comments)"), "id"),
        Index("ix_proposal_person", "person", "created_at"),
        Index("ix_proposal_draft", "changed_at", postgresql_where=text("state = 'draft'")),
        Index(
            "ix_proposal_process",
            "process_id",
            "created_at",
            "id",
            postgresql_where=text("process_id IS NOT NULL"),
        ),
        Index(
            "ix_proposal_process_supported",
            "process_id",
            text("to_timestamp(ranked_supports)"),
            "id",
            postgresql_where=text("process_id IS NOT NULL"),
        ),
        Index(
            "ix_proposal_process_discussed",
            "process_id",
            text("to_timestamp(ranked_comments)"),
            "id",
            postgresql_where=text("process_id IS NOT NULL"),
        ),
        Index(
            "ix_proposal_gone",
            "changed_at",
            postgresql_where=text("supports_forgotten_at IS NULL AND state IN ('withdrawn', 'removed')"),
        ),
        Index(
            "ix_proposal_half_forgotten",
            "id",
            postgresql_where=text("supports_forgotten_at IS NULL AND supports_kept IS NOT NULL"),
        ),
        Index("ix_proposal_settled", "outcome_on", postgresql_where=text("supports_forgotten_at IS NULL")),
        Index(
            "ix_proposal_within",
            "process_id",
            postgresql_where=text("supports_forgotten_at IS NULL AND process_id IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    process_id: Mapped[UUID | None] = mapped_column(ForeignKey("process.id"))
    person: Mapped[UUID]
    title: Mapped[str | None] = searchable()
    description: Mapped[str | None] = searchable()
    estimate: Mapped[str | None]
    position: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    state: Mapped[str]
    outcome: Mapped[str | None]
    outcome_on: Mapped[date | None]
    cost: Mapped[str | None]
    supports_kept: Mapped[int | None]
    supports_forgotten_at: Mapped[datetime | None] = mapped_column(Instant)
    earlier_supports: Mapped[list[int]] = mapped_column(ARRAY(Integer), default=list, server_default="{}")
    ranked_supports: Mapped[int] = mapped_column(default=0, server_default="0")
    ranked_comments: Mapped[int] = mapped_column(default=0, server_default="0")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)


class ProposalVersion(Base):
    """What a proposal said before its author changed it; gone with its words."""

    __tablename__ = "proposal_version"
    __table_args__ = (UniqueConstraint("proposal_id", "version"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"))
    version: Mapped[int]
    title: Mapped[str] = searchable()
    description: Mapped[str] = searchable()
    estimate: Mapped[str | None]
    position: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    created_at: Mapped[datetime] = mapped_column(Instant)


class ProposalSupport(Base):
    """That somebody supports a proposal: nominative, and said so; two keys alone refuse a second support.

    One of the account, and ``person_key`` that identity makes of the person: empty in supports of before.
    """

    __tablename__ = "proposal_support"
    __table_args__ = (
        Index(
            "uq_proposal_support_person_key",
            "proposal_id",
            "person_key",
            unique=True,
            postgresql_where=text("person_key IS NOT NULL"),
        ),
    )

    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    person: Mapped[UUID] = mapped_column(primary_key=True, index=True)
    person_key: Mapped[bytes | None]
    collectivity: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(Instant)
