# SPDX-License-Identifier: EUPL-1.2
"""The tables of participatory budgets."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, false, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from parvis_kit.db.tables import searchable
from parvis_participation.db.base import Base, Instant


class Budget(Base):
    """A participatory budget: its phases, money and rules, and the options frozen when its vote opens.

    Votes by name are kept ``retention_days`` after their count.
    """

    __tablename__ = "budget"
    __table_args__ = (
        Index("ix_budget_newest", "collectivity", "created_at", "id"),
        Index("ix_budget_opening", "vote_at", postgresql_where=text("frozen_at IS NULL")),
        Index("ix_budget_closing", "result_at", postgresql_where=text("counted_at IS NULL")),
        Index("ix_budget_kept", "counted_at", postgresql_where=text("forgotten_at IS NULL")),
        Index("ix_budget_called_off", "called_off_at", postgresql_where=text("forgotten_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    title: Mapped[dict[str, str]] = mapped_column(JSONB)
    description: Mapped[dict[str, str]] = mapped_column(JSONB)
    call_at: Mapped[datetime] = mapped_column(Instant)
    deposit_at: Mapped[datetime] = mapped_column(Instant)
    analysis_at: Mapped[datetime] = mapped_column(Instant)
    vote_at: Mapped[datetime] = mapped_column(Instant)
    result_at: Mapped[datetime] = mapped_column(Instant)
    realisation_at: Mapped[datetime] = mapped_column(Instant)
    budgets: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    rules: Mapped[dict[str, Any]] = mapped_column(JSONB)
    method: Mapped[dict[str, Any]] = mapped_column(JSONB)
    options: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    live: Mapped[bool] = mapped_column(server_default=false())
    changeable: Mapped[bool] = mapped_column(server_default=false())
    secret: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    called_off_at: Mapped[datetime | None] = mapped_column(Instant)
    tally: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    record: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    published_at: Mapped[datetime | None] = mapped_column(Instant)
    frozen_at: Mapped[datetime | None] = mapped_column(Instant)
    counted_at: Mapped[datetime | None] = mapped_column(Instant)
    count_tries: Mapped[int] = mapped_column(server_default=text("0"))
    count_after: Mapped[datetime | None] = mapped_column(Instant)
    wanted: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    announced_result_at: Mapped[datetime | None] = mapped_column(Instant)
    change_reason: Mapped[dict[str, str] | None] = mapped_column(JSONB(none_as_null=True))
    retention_days: Mapped[int] = mapped_column(server_default=text("365"))
    forgotten_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Instant)


class BudgetProject(Base):
    """What a resident proposes, in their words, which they publish; and what the town's services found of it."""

    __tablename__ = "budget_project"
    __table_args__ = (
        Index("ix_budget_project_newest", "budget_id", "created_at", "id"),
        UniqueConstraint("budget_id", "number"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    budget_id: Mapped[UUID] = mapped_column(ForeignKey("budget.id"))
    person: Mapped[UUID] = mapped_column(index=True)
    title: Mapped[str] = searchable()
    description: Mapped[str] = searchable()
    estimate: Mapped[str]
    position: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    area: Mapped[str | None]
    state: Mapped[str]
    cost: Mapped[str | None]
    reasons: Mapped[dict[str, str] | None] = mapped_column(JSONB(none_as_null=True))
    number: Mapped[int | None]
    removed_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Instant)


class BudgetVote(Base):
    """What one person votes: nominative, and said so; unique keys alone refuse a second vote.

    ``person_key`` is this service's of the account, ``holder_key`` identity's of the person; empty in votes of before.
    Without a choice, the entry is no vote: it shuts out an account that went into another.
    """

    __tablename__ = "budget_vote"
    __table_args__ = (
        Index(
            "uq_budget_vote_holder_key",
            "budget_id",
            "holder_key",
            unique=True,
            postgresql_where=text("holder_key IS NOT NULL"),
        ),
    )

    budget_id: Mapped[UUID] = mapped_column(ForeignKey("budget.id"), primary_key=True)
    person_key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    holder_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    collectivity: Mapped[str]
    choice: Mapped[list[list[Any]] | None] = mapped_column(JSONB(none_as_null=True))
    voted_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)


class BudgetChoice(Base):
    """How many voted so, in an order that says nothing: what is left of votes by name once nobody keeps whose."""

    __tablename__ = "budget_choice"

    budget_id: Mapped[UUID] = mapped_column(ForeignKey("budget.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    choice: Mapped[list[list[Any]]] = mapped_column(JSONB)
    times: Mapped[int]


class BudgetMilestone(Base):
    """A step of a chosen project that was reached, in the town's own words."""

    __tablename__ = "budget_milestone"
    __table_args__ = (Index("ix_budget_milestone_newest", "project_id", "created_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    project_id: Mapped[UUID] = mapped_column(ForeignKey("budget_project.id"))
    title: Mapped[dict[str, str]] = mapped_column(JSONB)
    details: Mapped[dict[str, str]] = mapped_column(JSONB)
    reached_on: Mapped[date]
    created_at: Mapped[datetime] = mapped_column(Instant)
