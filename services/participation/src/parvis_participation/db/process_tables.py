# SPDX-License-Identifier: EUPL-1.2
"""The tables of participatory processes."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from parvis_participation.db.base import Base, Instant, published


class Process(Base):
    """A process; its texts are the town's own. ``told_codes`` are its phases that have been told.

    ``audience`` are the conditions of those who take part, None for whoever has signed in. ``roll`` is what was
    published of its roll as that was frozen; ``roll_salt`` stands as long as the roll is kept. ``contacts`` are whom
    people ask; an official's are those of their work.
    """

    __tablename__ = "process"
    __table_args__ = (
        Index("ix_process_newest", "collectivity", "created_at", "id"),
        Index("ix_process_area", "collectivity", "area", "created_at", "id"),
        Index("ix_process_roll", "ends_at", postgresql_where=text("roll_salt IS NOT NULL")),
        Index("ix_process_next", "next_at", postgresql_where=text("next_at IS NOT NULL AND published_at IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    title: Mapped[dict[str, str]] = mapped_column(JSONB)
    description: Mapped[dict[str, str]] = mapped_column(JSONB)
    area: Mapped[str | None]
    links: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    contacts: Mapped[list[dict[str, Any]]] = published(JSONB, server_default="[]")
    phases: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    languages: Mapped[list[str]] = mapped_column(ARRAY(String), server_default="{fr,en}")
    visible_to: Mapped[str] = mapped_column(server_default="everybody")
    audience: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    roll: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    roll_salt: Mapped[bytes | None] = mapped_column(LargeBinary)
    published_at: Mapped[datetime | None] = mapped_column(Instant)
    told_codes: Mapped[list[str]] = mapped_column(ARRAY(String), default=list)
    next_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(Instant)


class ProcessEntitled(Base):
    """Somebody on a process's roll, under a mark that is made of their key and the salt: nobody else makes it."""

    __tablename__ = "process_entitled"

    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"), primary_key=True)
    mark: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    collectivity: Mapped[str]


class ProcessPart(Base):
    """That something belongs to a process, and to no other."""

    __tablename__ = "process_part"

    part: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"), index=True)
    collectivity: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(Instant)


class ProcessNews(Base):
    """What the town tells of a process; ``told_after`` is the last follower who was told of it."""

    __tablename__ = "process_news"
    __table_args__ = (
        Index("ix_process_news_newest", "process_id", "created_at", "id"),
        Index("ix_process_news_untold", "id", postgresql_where=text("told_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    title: Mapped[dict[str, str]] = mapped_column(JSONB)
    words: Mapped[dict[str, str]] = mapped_column(JSONB)
    told_after: Mapped[UUID | None]
    told_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)


class ProcessClosing(Base):
    """That a part of a process ends then, of which its followers are reminded; ``told_after`` is as in news."""

    __tablename__ = "process_closing"
    __table_args__ = (
        UniqueConstraint("part", "closes_at"),
        Index("ix_process_closing_untold", "id", postgresql_where=text("told_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"), index=True)
    part: Mapped[UUID]
    closes_at: Mapped[datetime] = mapped_column(Instant)
    told_after: Mapped[UUID | None]
    told_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)


class ProcessFollower(Base):
    """That somebody wants to be told of a process."""

    __tablename__ = "process_follower"
    __table_args__ = (UniqueConstraint("process_id", "person"), Index("ix_process_follower_next", "process_id", "id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    process_id: Mapped[UUID] = mapped_column(ForeignKey("process.id"))
    person: Mapped[UUID] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
