# SPDX-License-Identifier: EUPL-1.2
"""The tables of waiting lists, and of the slots that are offered to who is on them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, literal_column
from sqlalchemy.orm import Mapped, mapped_column

from parvis_requests.db.base import Base, Instant


class AppointmentWait(Base):
    """Somebody who waits for a slot of an agenda that begins from ``starts_after`` until before ``starts_before``.

    Whose id is smaller came first. What is waited for about a request goes when that is deleted.
    """

    __tablename__ = "appointment_wait"
    __table_args__ = (
        UniqueConstraint("person", "agenda_id", "kind_id"),
        Index("ix_appointment_wait_turn", "agenda_id", "id"),
        Index("ix_appointment_wait_kind_id", "kind_id"),
        Index("ix_appointment_wait_ended", "starts_before"),
        Index("ix_appointment_wait_request_id", "request_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    agenda_id: Mapped[UUID] = mapped_column(ForeignKey("agenda.id"))
    kind_id: Mapped[UUID] = mapped_column(ForeignKey("appointment_kind.id"))
    person: Mapped[UUID]
    request_id: Mapped[UUID | None] = mapped_column(ForeignKey("request.id", ondelete="CASCADE"))
    starts_after: Mapped[datetime] = mapped_column(Instant)
    starts_before: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(Instant)


class AppointmentOffer(Base):
    """A slot that is or was held for somebody on a list: the appointment itself holds its time while it is offered.

    It is ``open`` until it is answered or its time is over, and stays as long as the appointment does: nobody who
    waits is offered a slot twice. Who waits has one open offer at most, which is the database's to hold.
    """

    __tablename__ = "appointment_offer"
    __table_args__ = (
        Index("ix_appointment_offer_due", "ends_at", postgresql_where=literal_column("open")),
        Index("ix_appointment_offer_wait_id", "wait_id"),
        Index("uq_appointment_offer_open", "wait_id", unique=True, postgresql_where=literal_column("open")),
    )

    appointment_id: Mapped[UUID] = mapped_column(ForeignKey("appointment.id", ondelete="CASCADE"), primary_key=True)
    collectivity: Mapped[str]
    wait_id: Mapped[UUID | None] = mapped_column(ForeignKey("appointment_wait.id", ondelete="SET NULL"))
    ends_at: Mapped[datetime] = mapped_column(Instant)
    open: Mapped[bool]
