# SPDX-License-Identifier: EUPL-1.2
"""The tables of moderation. Nothing in them is ever deleted by an act of anybody."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from parvis_kit.db.tables import searchable
from parvis_participation.db.base import Base, Instant


class ModerationCase(Base):
    """What was reported of one version of a content of any kind, as it was then.

    No foreign key holds a project or a photo: they are deleted, and the cases about them stay. The database holds that
    whoever decided first does not decide the appeal.
    """

    __tablename__ = "moderation_case"
    __table_args__ = (
        UniqueConstraint("comment_id", "comment_version"),
        Index("ix_moderation_case_proposal", "proposal_id", "comment_version", unique=True),
        Index("ix_moderation_case_project", "project_id", "comment_version", unique=True),
        Index("ix_moderation_case_statement", "statement_id", "comment_version", unique=True),
        Index("ix_moderation_case_photo", "photo_id", "comment_version", unique=True),
        Index("ix_moderation_case_amendment", "amendment_id", "comment_version", unique=True),
        Index("ix_moderation_case_amendment_answer", "amendment_answer_id", "comment_version", unique=True),
        Index("ix_moderation_case_petition", "petition_id", "comment_version", unique=True),
        CheckConstraint(
            "num_nonnulls(comment_id, proposal_id, project_id, statement_id, photo_id, amendment_id, petition_id,"
            " amendment_answer_id) = 1",
            name="one_content",
        ),
        CheckConstraint("appeal_moderator <> first_moderator", name="another_moderator"),
        Index("ix_moderation_case_newest", "collectivity", "created_at", "id"),
        Index("ix_moderation_case_author", "author", "created_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    comment_id: Mapped[UUID | None] = mapped_column(ForeignKey("comment.id"))
    proposal_id: Mapped[UUID | None] = mapped_column(ForeignKey("proposal.id"))
    project_id: Mapped[UUID | None]
    statement_id: Mapped[UUID | None] = mapped_column(ForeignKey("conversation_statement.id"))
    photo_id: Mapped[UUID | None]
    amendment_id: Mapped[UUID | None] = mapped_column(ForeignKey("proposal_amendment.id"))
    amendment_answer_id: Mapped[UUID | None] = mapped_column(ForeignKey("proposal_amendment.id"))
    petition_id: Mapped[UUID | None] = mapped_column(ForeignKey("petition.id"))
    # Of any content: the column has its name from the time when comments alone were moderated.
    content_version: Mapped[int] = mapped_column("comment_version")
    # None where it was forgotten whose it was before anybody reported it.
    author: Mapped[UUID | None]
    snapshot: Mapped[str] = searchable()
    state: Mapped[str]
    outcome: Mapped[str | None]
    first_moderator: Mapped[UUID | None]
    appeal_moderator: Mapped[UUID | None]
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Instant)


class ModerationReport(Base):
    """That somebody says that something is wrong, and why; the unique key alone refuses the second of one person."""

    __tablename__ = "moderation_report"
    __table_args__ = (
        UniqueConstraint("case_id", "person"),
        Index("ix_moderation_report_person", "person", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("moderation_case.id"))
    person: Mapped[UUID]
    category: Mapped[str]
    explanation: Mapped[str] = searchable()
    created_at: Mapped[datetime] = mapped_column(Instant)


class ModerationDecision(Base):
    """A decision with its statement of reasons, in the town's own words; of the second round, on an appeal."""

    __tablename__ = "moderation_decision"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("moderation_case.id"), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    moderator: Mapped[UUID]
    outcome: Mapped[str]
    ground: Mapped[str | None]
    provision: Mapped[dict[str, str] | None] = mapped_column(JSONB(none_as_null=True))
    facts: Mapped[dict[str, str]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(Instant)


class ModerationAppeal(Base):
    """Why somebody contests a decision; a case has one appeal."""

    __tablename__ = "moderation_appeal"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("moderation_case.id"), primary_key=True)
    collectivity: Mapped[str]
    person: Mapped[UUID] = mapped_column(index=True)
    explanation: Mapped[str] = searchable()
    created_at: Mapped[datetime] = mapped_column(Instant)
