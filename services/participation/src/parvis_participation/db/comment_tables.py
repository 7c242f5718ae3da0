# SPDX-License-Identifier: EUPL-1.2
"""The tables of discussions. A comment belongs to one thing, whose thread it is part of."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from parvis_kit.db.tables import searchable
from parvis_participation.db.base import Base, Instant


class Comment(Base):
    """What somebody says in public, in their words; without text once it is withdrawn or removed.

    ``path`` is the identifiers of the comments above it, the uppermost first, and its own: sorted by it, each comment
    stands before its answers, and those in the order of their writing. ``told_at`` is when those whom it concerns were
    told of it.
    """

    __tablename__ = "comment"
    __table_args__ = (
        CheckConstraint("num_nonnulls(project_id, consultation_id, proposal_id) = 1", name="one_of_subjects"),
        Index("ix_comment_project", "project_id", "path", postgresql_where=text("project_id IS NOT NULL")),
        Index(
            "ix_comment_consultation", "consultation_id", "path", postgresql_where=text("consultation_id IS NOT NULL")
        ),
        Index("ix_comment_proposal", "proposal_id", "path", postgresql_where=text("proposal_id IS NOT NULL")),
        Index("ix_comment_person", "person", "created_at"),
        Index("ix_comment_untold", "created_at", postgresql_where=text("told_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    project_id: Mapped[UUID | None] = mapped_column(ForeignKey("budget_project.id"))
    consultation_id: Mapped[UUID | None] = mapped_column(ForeignKey("consultation.id"))
    proposal_id: Mapped[UUID | None] = mapped_column(ForeignKey("proposal.id"))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("comment.id"), index=True)
    path: Mapped[bytes] = mapped_column(LargeBinary)
    depth: Mapped[int]
    person: Mapped[UUID]
    text: Mapped[str | None] = searchable()
    state: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    told_at: Mapped[datetime | None] = mapped_column(Instant)


class DiscussionRest(Base):
    """When people were last told of a discussion: it rests then, so that a lively one is told of a few times a day."""

    __tablename__ = "discussion_rest"

    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    told_at: Mapped[datetime] = mapped_column(Instant, index=True)


class CommentVersion(Base):
    """What a comment said before its author changed it; gone with the words of the comment itself."""

    __tablename__ = "comment_version"
    __table_args__ = (UniqueConstraint("comment_id", "version"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    comment_id: Mapped[UUID] = mapped_column(ForeignKey("comment.id"))
    version: Mapped[int]
    text: Mapped[str] = searchable()
    created_at: Mapped[datetime] = mapped_column(Instant)
