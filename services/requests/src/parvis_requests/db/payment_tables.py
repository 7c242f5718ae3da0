# SPDX-License-Identifier: EUPL-1.2
"""The table of payments; it says nothing of who pays: the request does, and the provider keeps the rest."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, literal_column
from sqlalchemy.orm import Mapped, mapped_column

from parvis_requests.db.base import Base, Instant


class Payment(Base):
    """A page of the provider's on which somebody pays, or does not; ``operation`` is its name there (*idop*).

    ``reference`` is that of the debt (*refdet*), of one payment alone. Until ``operation`` is known nobody can have
    paid. At ``next_look_at`` the provider is asked again. Of one sum one payment is open at most, which is the
    database's to hold.
    """

    __tablename__ = "payment"
    __table_args__ = (
        Index("ix_payment_request_id", "request_id"),
        Index("ix_payment_look", "next_look_at", postgresql_where=literal_column("next_look_at IS NOT NULL")),
        Index("uq_payment_open", "request_id", "fee", unique=True, postgresql_where=literal_column("state = 'open'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    request_id: Mapped[UUID] = mapped_column(ForeignKey("request.id", ondelete="CASCADE"))
    fee: Mapped[str]
    state: Mapped[str]
    amount_cents: Mapped[int] = mapped_column(Integer)
    mode: Mapped[str]
    client_number: Mapped[str]
    reference: Mapped[str]
    operation: Mapped[str | None] = mapped_column(unique=True)
    opened_at: Mapped[datetime | None] = mapped_column(Instant)
    next_look_at: Mapped[datetime | None] = mapped_column(Instant)
    last_look_at: Mapped[datetime | None] = mapped_column(Instant)
    means: Mapped[str | None]
    authorisation: Mapped[str | None]
    paid_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
