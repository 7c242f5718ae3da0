# SPDX-License-Identifier: EUPL-1.2
"""The tables by which accounts are told apart and joined."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from parvis_identity.db.base import INSTANT, Base


class IdentityProofRow(Base):
    """Who verified a person's civil status, and by what; ended where it is replaced, or no longer trusted."""

    __tablename__ = "identity_proof"
    __table_args__ = (
        CheckConstraint("source IN ('provider', 'document')", name="source"),
        CheckConstraint("(source = 'document') = (document IS NOT NULL AND agent IS NOT NULL)", name="document"),
        Index("uq_identity_proof_standing", "person", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index("ix_identity_proof_pivot_index", "pivot_index", postgresql_where=text("ended_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    collectivity: Mapped[str] = mapped_column(TEXT)
    source: Mapped[str] = mapped_column(TEXT)
    pivot_index: Mapped[bytes] = mapped_column(LargeBinary)
    document: Mapped[str | None] = mapped_column(TEXT)
    agent: Mapped[UUID | None]
    proved_at: Mapped[datetime] = mapped_column(INSTANT)
    ended_at: Mapped[datetime | None] = mapped_column(INSTANT)


class AccountMergeRow(Base):
    """Two accounts of one person that agents join: prepared, then carried out, discarded, or called off by a link."""

    __tablename__ = "account_merge"
    __table_args__ = (
        CheckConstraint("state IN ('prepared', 'done', 'discarded')", name="state"),
        CheckConstraint("kept <> absorbed", name="two"),
        Index("uq_account_merge_done", "absorbed", unique=True, postgresql_where=text("state = 'done'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str] = mapped_column(TEXT)
    kept: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    absorbed: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    reason: Mapped[str] = mapped_column(TEXT)
    document: Mapped[str | None] = mapped_column(TEXT)
    state: Mapped[str] = mapped_column(TEXT)
    preview: Mapped[dict[str, object]] = mapped_column(JSONB)
    version: Mapped[int]
    agent: Mapped[UUID]
    created_at: Mapped[datetime] = mapped_column(INSTANT)
    due_at: Mapped[datetime | None] = mapped_column(INSTANT)
    objected_at: Mapped[datetime | None] = mapped_column(INSTANT)
    objection_hash: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None] = mapped_column(INSTANT)
