# SPDX-License-Identifier: EUPL-1.2
"""The tables of assemblies."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from parvis_kit.db.tables import shreddable
from parvis_participation.db.base import Base, Instant


class Assembly(Base):
    """An assembly; its texts are the town's own and public. ``quorum`` is a percentage, 0: none."""

    __tablename__ = "assembly"
    __table_args__ = (
        Index("ix_assembly_newest", "collectivity", "created_at", "id"),
        Index("ix_assembly_area", "collectivity", "area", "created_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    name: Mapped[dict[str, str]] = mapped_column(JSONB)
    description: Mapped[dict[str, str]] = mapped_column(JSONB)
    area: Mapped[str | None]
    colleges: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    links: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    quorum: Mapped[int]
    published_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(Instant)


class AssemblyMember(Base):
    """A mandate. ``name`` is sealed, and gone some time after the end; ``listed``: they let everybody read it.

    ``due_on`` is the next day on which the mandate is told of: as it begins, and the day after its last one.
    ``person_key`` is identity's of the person, of whatever account, where lots were drawn.
    """

    __tablename__ = "assembly_member"
    __table_args__ = (
        Index("ix_assembly_member_newest", "assembly_id", "created_at", "id"),
        Index("ix_assembly_member_due", "due_on", postgresql_where=text("due_on IS NOT NULL")),
        Index("ix_assembly_member_over", "ends_on", postgresql_where=text("name IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    assembly_id: Mapped[UUID] = mapped_column(ForeignKey("assembly.id"))
    person: Mapped[UUID | None] = mapped_column(index=True)
    person_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    name: Mapped[bytes | None] = shreddable(LargeBinary)
    listed: Mapped[bool]
    role: Mapped[str]
    college: Mapped[str | None]
    origin: Mapped[str]
    begins_on: Mapped[date]
    ends_on: Mapped[date]
    end_reason: Mapped[str | None]
    told: Mapped[int]
    due_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(Instant)


class AssemblySession(Base):
    """A session; ``members`` and ``present`` are how many there were and came, once that is noted."""

    __tablename__ = "assembly_session"
    __table_args__ = (Index("ix_assembly_session_latest", "assembly_id", "begins_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    assembly_id: Mapped[UUID] = mapped_column(ForeignKey("assembly.id"))
    title: Mapped[dict[str, str]] = mapped_column(JSONB)
    place: Mapped[dict[str, str]] = mapped_column(JSONB)
    agenda: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    links: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    begins_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[str]
    members: Mapped[int | None]
    present: Mapped[int | None]
    quorum: Mapped[int | None]
    version: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)


class AssemblyConvocation(Base):
    """That an account was convened to a session; kept until some time after it, to tell them that it is called off."""

    __tablename__ = "assembly_convocation"

    session_id: Mapped[UUID] = mapped_column(ForeignKey("assembly_session.id"), primary_key=True)
    person: Mapped[UUID] = mapped_column(primary_key=True, index=True)
    collectivity: Mapped[str]
    begins_at: Mapped[datetime] = mapped_column(Instant, index=True)


class AssemblyAttendance(Base):
    """Whether a member came to a session; nobody but agents reads it."""

    __tablename__ = "assembly_attendance"

    session_id: Mapped[UUID] = mapped_column(ForeignKey("assembly_session.id"), primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("assembly_member.id"), primary_key=True, index=True)
    collectivity: Mapped[str]
    presence: Mapped[str]


class AssemblyMinutes(Base):
    """A version of the minutes of a session; what was published stays."""

    __tablename__ = "assembly_minutes"

    session_id: Mapped[UUID] = mapped_column(ForeignKey("assembly_session.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    language: Mapped[str]
    words: Mapped[str]
    state: Mapped[str]
    approved_on: Mapped[date | None]
    published_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)


class AssemblyNews(Base):
    """What followers are to be told; ``told_after`` is the last one who was."""

    __tablename__ = "assembly_news"
    __table_args__ = (Index("ix_assembly_news_untold", "id", postgresql_where=text("told_at IS NULL")),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    assembly_id: Mapped[UUID] = mapped_column(ForeignKey("assembly.id"), index=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("assembly_session.id"), index=True)
    subject: Mapped[str]
    told_after: Mapped[UUID | None]
    told_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)


class AssemblyFollower(Base):
    """That somebody wants to be told of an assembly."""

    __tablename__ = "assembly_follower"
    __table_args__ = (
        UniqueConstraint("assembly_id", "person"),
        Index("ix_assembly_follower_next", "assembly_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    assembly_id: Mapped[UUID] = mapped_column(ForeignKey("assembly.id"))
    person: Mapped[UUID] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)


class AssemblyVolunteer(Base):
    """That somebody lets lots be drawn whether they become a member; ``name`` is sealed with their key.

    ``person_key`` is identity's of the person, of whatever account; who has none, from before, is in no draw.
    """

    __tablename__ = "assembly_volunteer"
    __table_args__ = (
        UniqueConstraint("assembly_id", "person"),
        Index(
            "uq_assembly_volunteer_person_key",
            "assembly_id",
            "person_key",
            unique=True,
            postgresql_where=text("person_key IS NOT NULL"),
        ),
        Index("ix_assembly_volunteer_created_at", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    assembly_id: Mapped[UUID] = mapped_column(ForeignKey("assembly.id"))
    person: Mapped[UUID] = mapped_column(index=True)
    person_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    name: Mapped[bytes] = shreddable(LargeBinary)
    listed: Mapped[bool]
    college: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(Instant)


class AssemblyDraw(Base):
    """Lots that are drawn: the tickets are frozen first, the seed comes later, unless the draw is given up.

    ``seed_format`` is how the seed will be written; null of those from before it was said.
    """

    __tablename__ = "assembly_draw"
    __table_args__ = (
        Index("ix_assembly_draw_newest", "assembly_id", "created_at", "id"),
        Index(
            "ix_assembly_draw_waiting",
            "assembly_id",
            postgresql_where=text("drawn_at IS NULL AND voided_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    assembly_id: Mapped[UUID] = mapped_column(ForeignKey("assembly.id"))
    college: Mapped[str | None]
    seats: Mapped[int]
    seed_source: Mapped[dict[str, str]] = mapped_column(JSONB)
    seed_format: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    tickets: Mapped[list[str]] = mapped_column(JSONB)
    digest: Mapped[str]
    begins_on: Mapped[date]
    ends_on: Mapped[date]
    seed: Mapped[str | None]
    drawn: Mapped[list[str] | None] = mapped_column(JSONB)
    gone: Mapped[list[str] | None] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(Instant)
    drawn_at: Mapped[datetime | None] = mapped_column(Instant)
    voided_at: Mapped[datetime | None] = mapped_column(Instant)
    void_reason: Mapped[dict[str, str] | None] = mapped_column(JSONB(none_as_null=True))
