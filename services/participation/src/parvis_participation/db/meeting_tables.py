# SPDX-License-Identifier: EUPL-1.2
"""The tables of public meetings."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, false, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from parvis_kit.db.tables import shreddable
from parvis_participation.db.base import Base, Instant


class Meeting(Base):
    """A public meeting; its texts are the town's own and public.

    ``registered`` and ``waiting`` count its registrations, and stay when those are deleted (``forgotten``).
    ``reminded_of`` is the beginning of which people were reminded.
    """

    __tablename__ = "meeting"
    __table_args__ = (
        CheckConstraint("places IS NULL OR registered <= places", name="not_overbooked"),
        CheckConstraint("registered >= 0 AND waiting >= 0", name="counts"),
        Index("ix_meeting_latest", "collectivity", "begins_at", "id"),
        Index("ix_meeting_of_process", "process_id", "begins_at", "id"),
        Index("ix_meeting_of_assembly", "assembly_id", "begins_at", "id"),
        Index("ix_meeting_to_remind", "begins_at", postgresql_where=text("reminded_of IS DISTINCT FROM begins_at")),
        Index("ix_meeting_to_forget", "ends_at", postgresql_where=text("NOT forgotten")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    process_id: Mapped[UUID | None] = mapped_column(ForeignKey("process.id"))
    assembly_id: Mapped[UUID | None] = mapped_column(ForeignKey("assembly.id"))
    title: Mapped[dict[str, str]] = mapped_column(JSONB)
    description: Mapped[dict[str, str]] = mapped_column(JSONB)
    place: Mapped[dict[str, str]] = mapped_column(JSONB)
    links: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    begins_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    registration_opens_at: Mapped[datetime | None] = mapped_column(Instant)
    registration_closes_at: Mapped[datetime | None] = mapped_column(Instant)
    places: Mapped[int | None]
    registered: Mapped[int]
    waiting: Mapped[int]
    came: Mapped[int | None]
    walk_ins: Mapped[int | None]
    state: Mapped[str]
    report: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    reported_at: Mapped[datetime | None] = mapped_column(Instant)
    reminded_of: Mapped[datetime | None] = mapped_column(Instant)
    forgotten: Mapped[bool]
    version: Mapped[int]
    changed_at: Mapped[datetime] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)


class MeetingRegistration(Base):
    """That somebody has a place, or waits for one; who comes first by ``id`` moves up first. ``name`` is sealed.

    ``held`` for somebody without an account until they confirm their address: until then they are told nothing.
    """

    __tablename__ = "meeting_registration"
    __table_args__ = (
        UniqueConstraint("meeting_id", "person"),
        Index("ix_meeting_registration_next", "meeting_id", "state", "id"),
        Index("ix_meeting_registration_newest", "meeting_id", "state", "created_at", "id"),
        Index("ix_meeting_registration_all", "meeting_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"))
    person: Mapped[UUID] = mapped_column(index=True)
    name: Mapped[bytes] = shreddable(LargeBinary)
    state: Mapped[str]
    held: Mapped[bool] = mapped_column(default=False, server_default=false())
    came: Mapped[bool | None]
    created_at: Mapped[datetime] = mapped_column(Instant)


class MeetingNews(Base):
    """What everybody who is registered or waits is to be told; ``told_after`` is the last one who was."""

    __tablename__ = "meeting_news"
    __table_args__ = (Index("ix_meeting_news_untold", "id", postgresql_where=text("told_at IS NULL")),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"), index=True)
    subject: Mapped[str]
    begins_at: Mapped[datetime] = mapped_column(Instant)
    told_after: Mapped[UUID | None]
    told_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
