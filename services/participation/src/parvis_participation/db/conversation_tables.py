# SPDX-License-Identifier: EUPL-1.2
"""The tables of opinion conversations."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import String

from parvis_kit.db.tables import searchable
from parvis_participation.db.base import Base, Instant


class Conversation(Base):
    """A conversation; its texts are the town's own and public.

    ``figures`` are what is told of it, as computed of what was there at ``figured_at``, for the last time where there
    is ``final_at``; ``steady`` is what the next computation goes on from, ``looked_at`` when the worker came by.
    """

    __tablename__ = "conversation"
    __table_args__ = (
        Index("ix_conversation_newest", "collectivity", "created_at", "id"),
        Index("ix_conversation_closing", "closes_at", postgresql_where=text("closing_told_at IS NULL")),
        Index("ix_conversation_unfigured", "closes_at", postgresql_where=text("final_at IS NULL")),
        Index("ix_conversation_kept", "closes_at", postgresql_where=text("forgotten_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    title: Mapped[dict[str, str]] = mapped_column(JSONB)
    description: Mapped[dict[str, str]] = mapped_column(JSONB)
    writers: Mapped[str]
    reviewed: Mapped[bool]
    verified: Mapped[bool]
    residence: Mapped[bool]
    areas: Mapped[list[str]] = mapped_column(ARRAY(String))
    open_votes: Mapped[bool]
    opens_at: Mapped[datetime] = mapped_column(Instant)
    closes_at: Mapped[datetime] = mapped_column(Instant)
    published_at: Mapped[datetime | None] = mapped_column(Instant)
    closing_told_at: Mapped[datetime | None] = mapped_column(Instant)
    looked_at: Mapped[datetime | None] = mapped_column(Instant)
    figured_at: Mapped[datetime | None] = mapped_column(Instant)
    final_at: Mapped[datetime | None] = mapped_column(Instant)
    forgotten_at: Mapped[datetime | None] = mapped_column(Instant)
    figures: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    steady: Mapped[dict[str, int] | None] = mapped_column(JSONB(none_as_null=True))
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(Instant)


class ConversationStatement(Base):
    """A statement, numbered within its conversation; without its text once its author has taken it back.

    Of the town where there are ``translations``; else of a person, until it is forgotten whose it was. ``priority`` is
    computed now and then.
    """

    __tablename__ = "conversation_statement"
    __table_args__ = (
        UniqueConstraint("conversation_id", "number"),
        Index("ix_conversation_statement_newest", "conversation_id", "state", "created_at", "id"),
        Index("ix_conversation_statement_person", "person", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"))
    number: Mapped[int]
    person: Mapped[UUID | None]
    text: Mapped[str | None] = searchable()
    translations: Mapped[dict[str, str] | None] = mapped_column(JSONB(none_as_null=True))
    state: Mapped[str]
    reasons: Mapped[dict[str, str] | None] = mapped_column(JSONB(none_as_null=True))
    priority: Mapped[float]
    version: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)


class ConversationParticipant(Base):
    """Somebody who takes part: one row a person, which unique keys alone hold.

    ``person_key`` is identity's of the person, of whatever account; empty for who was verified by nobody.
    """

    __tablename__ = "conversation_participant"
    __table_args__ = (
        UniqueConstraint("conversation_id", "person"),
        Index(
            "uq_conversation_participant_person_key",
            "conversation_id",
            "person_key",
            unique=True,
            postgresql_where=text("person_key IS NOT NULL"),
        ),
        Index("ix_conversation_participant_changed", "conversation_id", "changed_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"))
    person: Mapped[UUID] = mapped_column(index=True)
    person_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    changed_at: Mapped[datetime] = mapped_column(Instant)


class ConversationOpinion(Base):
    """What somebody says of a statement: 1 agrees, -1 disagrees, 0 passes. Without a time."""

    __tablename__ = "conversation_opinion"

    participant_id: Mapped[UUID] = mapped_column(ForeignKey("conversation_participant.id"), primary_key=True)
    statement_id: Mapped[UUID] = mapped_column(ForeignKey("conversation_statement.id"), primary_key=True, index=True)
    collectivity: Mapped[str]
    value: Mapped[int] = mapped_column(SmallInteger)


class ConversationFile(Base):
    """A file of a closed conversation, compressed (RFC 1952), written once."""

    __tablename__ = "conversation_file"

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)
