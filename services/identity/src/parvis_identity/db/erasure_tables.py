# SPDX-License-Identifier: EUPL-1.2
"""The table of erasures of accounts; what is left of it says that an id was erased, when, and on whose word."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, LargeBinary, Uuid, text
from sqlalchemy.dialects.postgresql import TEXT
from sqlalchemy.orm import Mapped, mapped_column

from parvis_identity.db.base import INSTANT, Base


class AccountErasureRow(Base):
    """An erasure: it waits, its account is emptied, then the ``keys`` are destroyed; or it was taken back."""

    __tablename__ = "account_erasure"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'emptied', 'done', 'cancelled')", name="state"),
        CheckConstraint("(state = 'cancelled') = (stopped_by IS NOT NULL)", name="stopped"),
        CheckConstraint("(agent IS NULL) = (document IS NULL)", name="counter"),
        Index("uq_account_erasure_waiting", "person", unique=True, postgresql_where=text("state = 'waiting'")),
        Index("ix_account_erasure_due_at", "state", "due_at", postgresql_where=text("state IN ('waiting', 'emptied')")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    collectivity: Mapped[str] = mapped_column(TEXT)
    document: Mapped[str | None] = mapped_column(TEXT)
    agent: Mapped[UUID | None]
    state: Mapped[str] = mapped_column(TEXT)
    stopped_by: Mapped[str | None] = mapped_column(TEXT)
    keys: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid()), server_default=text("'{}'"))
    created_at: Mapped[datetime] = mapped_column(INSTANT)
    due_at: Mapped[datetime] = mapped_column(INSTANT)
    held_at: Mapped[datetime | None] = mapped_column(INSTANT)
    decided_at: Mapped[datetime | None] = mapped_column(INSTANT)
    failures: Mapped[int] = mapped_column(server_default=text("0"))
    objection_hash: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)
