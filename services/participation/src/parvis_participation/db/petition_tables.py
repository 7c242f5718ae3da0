# SPDX-License-Identifier: EUPL-1.2
"""The tables of petitions."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from parvis_kit.db.tables import searchable
from parvis_participation.db.base import Base, Instant


class Petition(Base):
    """What somebody asks, in their words, which are public once it is admitted; without words once it is withdrawn.

    What a moderator has removed keeps its words, shown to nobody, and ``removed_from``, the state that it goes back to.

    ``thresholds`` are what the town promises at so many signatures, ``reached`` is how many of them are; ``signed`` how
    many had signed, once the signatures are forgotten; ``ranked_signatures`` how many had when the worker last counted,
    for the order of lists.
    """

    __tablename__ = "petition"
    __table_args__ = (
        Index("ix_petition_newest", "collectivity", "created_at", "id"),
        Index("ix_petition_signed", "collectivity", text("to_timestamp(ranked_signatures)"), "id"),
        Index("ix_petition_ending", "collectivity", "closes_at", "id"),
        Index("ix_petition_person", "person", "created_at", "id"),
        Index("ix_petition_open", "closes_at", postgresql_where=text("state = 'open'")),
        Index("ix_petition_refused", "decided_at", postgresql_where=text("state = 'refused' AND title IS NOT NULL")),
        Index(
            "ix_petition_over",
            text("coalesce(answered_at, closes_at)"),
            postgresql_where=text("state = 'closed' AND signed IS NULL"),
        ),
        Index("ix_petition_removed", "removed_at", postgresql_where=text("state = 'removed' AND signed IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    person: Mapped[UUID]
    title: Mapped[str | None] = searchable()
    description: Mapped[str | None] = searchable()
    state: Mapped[str]
    reasons: Mapped[dict[str, str] | None] = mapped_column(JSONB(none_as_null=True))
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    verified: Mapped[bool]
    thresholds: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    reached: Mapped[int]
    closes_at: Mapped[datetime | None] = mapped_column(Instant)
    answer_due_on: Mapped[date | None]
    answer: Mapped[dict[str, str] | None] = mapped_column(JSONB(none_as_null=True))
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    signed: Mapped[int | None]
    ranked_signatures: Mapped[int] = mapped_column(default=0, server_default="0")
    removed_at: Mapped[datetime | None] = mapped_column(Instant)
    removed_from: Mapped[str | None]
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(Instant)


class PetitionSignature(Base):
    """That somebody signs: nominative, and said so; unique keys alone refuse a second signature.

    ``person_key`` is identity's of the person, of whatever account; empty for who was verified by nobody.
    ``shown`` is whether readers see it, under the pseudonym; ``told`` whether the answer is to be told.
    """

    __tablename__ = "petition_signature"
    __table_args__ = (
        UniqueConstraint("petition_id", "person"),
        Index(
            "uq_petition_signature_person_key",
            "petition_id",
            "person_key",
            unique=True,
            postgresql_where=text("person_key IS NOT NULL"),
        ),
        Index("ix_petition_signature_shown", "petition_id", "created_at", "id", postgresql_where=text("shown")),
        Index("ix_petition_signature_untold", "petition_id", postgresql_where=text("told AND told_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    petition_id: Mapped[UUID] = mapped_column(ForeignKey("petition.id"))
    person: Mapped[UUID] = mapped_column(index=True)
    person_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    shown: Mapped[bool]
    told: Mapped[bool]
    told_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
