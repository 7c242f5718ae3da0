# SPDX-License-Identifier: EUPL-1.2
"""The table of what was done to requests."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from parvis_requests.db.base import Base, Instant


class HistoryEntry(Base):
    """One act on a request, never changed afterwards.

    ``remedies_told`` is of an act that refuses alone: whether the person was told what they can do against it, and
    until when (article R421-5 of the code of administrative justice). Nobody knows it of acts from before it was kept.
    """

    __tablename__ = "history_entry"
    __table_args__ = (Index("ix_history_entry_at", "collectivity", "at", "request_id"),)

    request_id: Mapped[UUID] = mapped_column(ForeignKey("request.id", ondelete="CASCADE"), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    action: Mapped[str]
    by_agent: Mapped[bool]
    actor: Mapped[UUID]
    status: Mapped[str]
    visibility: Mapped[str]
    at: Mapped[datetime] = mapped_column(Instant)
    acted_by: Mapped[UUID | None]
    acted_by_agent: Mapped[bool | None]
    # To which team and to whom the act gave the request, where it did.
    team: Mapped[str | None]
    assignee: Mapped[UUID | None]
    priority: Mapped[int | None] = mapped_column(SmallInteger)
    remedies_told: Mapped[bool | None]
    # The day of reception that the act said, where it did.
    received_on: Mapped[date | None]
