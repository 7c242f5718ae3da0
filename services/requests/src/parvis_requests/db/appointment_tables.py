# SPDX-License-Identifier: EUPL-1.2
"""The tables of agendas and appointments."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, func, literal_column, text
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from parvis_kit.db.tables import shreddable
from parvis_requests.db.base import Base, Instant


class Agenda(Base):
    """The agenda of a counter, a room or an official: it holds one appointment at a time."""

    __tablename__ = "agenda"
    __table_args__ = (Index("ix_agenda_newest", "collectivity", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    resource: Mapped[str]
    name: Mapped[dict[str, str]] = mapped_column(JSONB)
    place: Mapped[dict[str, str]] = mapped_column(JSONB)
    hours: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    open_on_holidays: Mapped[bool]
    reminder_minutes: Mapped[int] = mapped_column(server_default=text("1440"))
    offer_minutes: Mapped[int] = mapped_column(server_default=text("1440"))
    active: Mapped[bool]
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)


class AgendaException(Base):
    """A time in which an agenda is closed against its hours, or open beyond them."""

    __tablename__ = "agenda_exception"
    __table_args__ = (Index("ix_agenda_exception_time", "agenda_id", "ends_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    agenda_id: Mapped[UUID] = mapped_column(ForeignKey("agenda.id"))
    closed: Mapped[bool]
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    reason: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(Instant)


class AppointmentKind(Base):
    """What appointments can be about; the minutes and days are those of its rhythm."""

    __tablename__ = "appointment_kind"
    __table_args__ = (UniqueConstraint("collectivity", "code"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    code: Mapped[str]
    name: Mapped[dict[str, str]] = mapped_column(JSONB)
    instructions: Mapped[dict[str, str]] = mapped_column(JSONB)
    duration_minutes: Mapped[int]
    buffer_minutes: Mapped[int]
    lead_minutes: Mapped[int]
    horizon_days: Mapped[int]
    change_until_minutes: Mapped[int]
    active: Mapped[bool]
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)


class AppointmentKindAgenda(Base):
    """In which agendas appointments of a kind are given."""

    __tablename__ = "appointment_kind_agenda"
    __table_args__ = (Index("ix_appointment_kind_agenda_agenda_id", "agenda_id"),)

    kind_id: Mapped[UUID] = mapped_column(ForeignKey("appointment_kind.id"), primary_key=True)
    agenda_id: Mapped[UUID] = mapped_column(ForeignKey("agenda.id"), primary_key=True)
    collectivity: Mapped[str]


class Appointment(Base):
    """An appointment; ``version`` is its row version, its ETag and the sequence of its last event.

    It takes its agenda from ``starts_at`` until ``frees_at``, the end and the time kept free after it. That no two take
    the same time of an agenda is the database's to hold (``ex_appointment_taken``), whoever writes and however many.
    """

    __tablename__ = "appointment"
    __table_args__ = (
        ExcludeConstraint(
            ("agenda_id", "="),
            (func.tstzrange(literal_column("starts_at"), literal_column("frees_at")), "&&"),
            where=literal_column("state <> 'cancelled'"),
            using="gist",
            name="ex_appointment_taken",
        ),
        Index("ix_appointment_agenda", "agenda_id", "starts_at", "id"),
        Index("ix_appointment_person", "person", "collectivity", "starts_at", "id"),
        Index("ix_appointment_newest", "collectivity", "starts_at", "id"),
        Index("ix_appointment_kind_id", "kind_id"),
        Index("ix_appointment_ended", "ends_at"),
        Index("ix_appointment_request_id", "request_id", "starts_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    kind_id: Mapped[UUID] = mapped_column(ForeignKey("appointment_kind.id"))
    agenda_id: Mapped[UUID] = mapped_column(ForeignKey("agenda.id"))
    request_id: Mapped[UUID | None] = mapped_column(ForeignKey("request.id", ondelete="SET NULL"))
    person: Mapped[UUID]
    starts_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    frees_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[str]
    reason: Mapped[bytes | None] = shreddable(LargeBinary)
    # Whether the person came, as an agent marked it.
    attended: Mapped[bool | None]
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)


class AppointmentStep(Base):
    """One act on an appointment, by whom, and when it was to begin afterwards; never changed."""

    __tablename__ = "appointment_step"
    __table_args__ = (UniqueConstraint("appointment_id", "sequence"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    appointment_id: Mapped[UUID] = mapped_column(ForeignKey("appointment.id", ondelete="CASCADE"))
    sequence: Mapped[int]
    act: Mapped[str]
    actor: Mapped[UUID]
    by_agent: Mapped[bool]
    starts_at: Mapped[datetime] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
