# SPDX-License-Identifier: EUPL-1.2
"""The table of appeals against what requests were refused."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from parvis_kit.db.tables import shreddable
from parvis_requests.db.base import Base, Instant


class Appeal(Base):
    """An appeal (parvis_requests.domain.appeal) against the refusal that the act ``contested`` brought about.

    ``lodged`` and ``told`` are the acts, in the history of the request, by which it came and by which it last ended;
    ``due_on`` is the last day on which it could be brought, where there was one. What it says and why it ended so are
    sealed with the key of the request's author. ``decider`` took the decision.
    """

    __tablename__ = "appeal"
    __table_args__ = (
        Index("ix_appeal_request", "request_id", "id"),
        Index("ix_appeal_open", "collectivity", "request_id", postgresql_where=text("state = 'open'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("request.id", ondelete="CASCADE"))
    collectivity: Mapped[str]
    kind: Mapped[str]
    state: Mapped[str]
    contested: Mapped[int]
    refusal: Mapped[str]
    refused_on: Mapped[date]
    refusal_told: Mapped[bool]
    decider: Mapped[UUID | None]
    brought_on: Mapped[date]
    received_on: Mapped[date]
    due_on: Mapped[date | None]
    late: Mapped[bool]
    interrupts: Mapped[bool]
    by_agent: Mapped[bool]
    grounds: Mapped[bytes] = shreddable(LargeBinary)
    reasons: Mapped[bytes | None] = shreddable(LargeBinary)
    team: Mapped[str]
    assignee: Mapped[UUID | None]
    lodged: Mapped[int]
    told: Mapped[int | None]
    answer_due_at: Mapped[datetime | None] = mapped_column(Instant)
    deemed_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)
