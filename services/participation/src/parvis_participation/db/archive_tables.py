# SPDX-License-Identifier: EUPL-1.2
"""The table of archives of participatory budgets."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from parvis_participation.db.base import Base, Instant


class BudgetArchive(Base):
    """A vote of elsewhere, as a file tells it and as it was counted here.

    ``content`` is the file until it is read; ``digest`` its SHA-256, for good. ``ballots`` is what was read of it,
    compressed, in the same format, without what it told of voters. ``parameters`` are those of the rule
    that whoever sent it gave. ``fault`` says where the file is wrong.
    """

    __tablename__ = "budget_archive"
    __table_args__ = (
        Index("ix_budget_archive_newest", "collectivity", "created_at", "id"),
        Index(
            "uq_budget_archive_digest",
            "collectivity",
            "digest",
            unique=True,
            postgresql_where=text("state <> 'refused'"),
        ),
        Index("ix_budget_archive_waiting", "held_until", "id", postgresql_where=text("state = 'waiting'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    title: Mapped[str | None]
    source: Mapped[str]
    licence: Mapped[str | None]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    size: Mapped[int]
    rule: Mapped[str]
    parameters: Mapped[dict[str, str]] = mapped_column(JSONB, server_default=text("'{}'::jsonb"))
    state: Mapped[str]
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    ballots: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    told: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    record: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True), deferred=True)
    fault: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    begins_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    tries: Mapped[int] = mapped_column(default=0)
    held_until: Mapped[datetime] = mapped_column(Instant)
    imported_by: Mapped[UUID]
    counted_at: Mapped[datetime | None] = mapped_column(Instant)
    published_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Instant)
