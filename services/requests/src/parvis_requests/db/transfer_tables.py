# SPDX-License-Identifier: EUPL-1.2
"""The table of requests that go to the administration that is competent for them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from parvis_requests.db.base import Base, Instant


class Transfer(Base):
    """Where a request goes at ``due_at``, by which act, and which request it became there; ``note_id`` says why.

    ``failed_at`` is when it could not be carried out: somebody had gone on with the request.
    """

    __tablename__ = "transfer"
    __table_args__ = (
        Index("ix_transfer_due", "due_at", postgresql_where=text("done_at IS NULL AND failed_at IS NULL")),
        Index("ix_transfer_collectivity", "collectivity", "done_at", "failed_at", "request_id"),
        Index("ix_transfer_to_collectivity", "to_collectivity", "to_request_id"),
        Index("ix_transfer_to_request", "to_request_id"),
        Index("ix_transfer_note", "note_id"),
    )

    request_id: Mapped[UUID] = mapped_column(ForeignKey("request.id", ondelete="CASCADE"), primary_key=True)
    collectivity: Mapped[str]
    agent: Mapped[UUID]
    action: Mapped[str]
    note_id: Mapped[UUID] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"))
    to_collectivity: Mapped[str | None]
    to_type: Mapped[str | None]
    to_other: Mapped[str | None]
    to_request_id: Mapped[UUID | None] = mapped_column(ForeignKey("request.id", ondelete="SET NULL"))
    due_at: Mapped[datetime] = mapped_column(Instant)
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    failed_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
