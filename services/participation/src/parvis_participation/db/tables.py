# SPDX-License-Identifier: EUPL-1.2
"""The tables of the participation service; each row belongs to a collectivity."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, false, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from parvis_participation.db import (
    accountability_tables,
    act_tables,
    amendment_tables,
    archive_tables,
    assembly_tables,
    co_author_tables,
    comment_tables,
    conversation_tables,
    eligibility_tables,
    meeting_tables,
    moderation_tables,
    notice_tables,
    paper_tables,
    petition_tables,
    process_tables,
    proposal_tables,
    recount_tables,
    survey_tables,
    telling_tables,
)
from parvis_participation.db.base import Base, Instant
from parvis_participation.db.budget_tables import Budget, BudgetChoice, BudgetMilestone, BudgetProject, BudgetVote

__all__ = [
    "Base",
    "Budget",
    "BudgetChoice",
    "BudgetMilestone",
    "BudgetProject",
    "BudgetVote",
    "accountability_tables",
    "act_tables",
    "amendment_tables",
    "archive_tables",
    "assembly_tables",
    "co_author_tables",
    "comment_tables",
    "conversation_tables",
    "eligibility_tables",
    "meeting_tables",
    "moderation_tables",
    "notice_tables",
    "paper_tables",
    "petition_tables",
    "process_tables",
    "proposal_tables",
    "recount_tables",
    "survey_tables",
    "telling_tables",
]


class Consultation(Base):
    """A consultation; its texts are the town's own and public.

    ``counted`` is what its answers added up to, once who gave them is forgotten, ``retention_days`` after its close.
    """

    __tablename__ = "consultation"
    __table_args__ = (
        Index("ix_consultation_newest", "collectivity", "created_at", "id"),
        Index("ix_consultation_opening", "opens_at", postgresql_where=text("opening_told_at IS NULL")),
        Index("ix_consultation_closing", "closes_at", postgresql_where=text("closing_told_at IS NULL")),
        Index("ix_consultation_kept", "closes_at", postgresql_where=text("forgotten_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    title: Mapped[dict[str, str]] = mapped_column(JSONB)
    description: Mapped[dict[str, str]] = mapped_column(JSONB)
    question: Mapped[dict[str, str]] = mapped_column(JSONB)
    options: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    opens_at: Mapped[datetime] = mapped_column(Instant)
    closes_at: Mapped[datetime] = mapped_column(Instant)
    published_at: Mapped[datetime | None] = mapped_column(Instant)
    opening_told_at: Mapped[datetime | None] = mapped_column(Instant)
    closing_told_at: Mapped[datetime | None] = mapped_column(Instant)
    retention_days: Mapped[int] = mapped_column(server_default=text("365"))
    announced_close_at: Mapped[datetime | None] = mapped_column(Instant)
    change_reason: Mapped[dict[str, str] | None] = mapped_column(JSONB(none_as_null=True))
    counted: Mapped[dict[str, int] | None] = mapped_column(JSONB(none_as_null=True))
    forgotten_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Instant)


class Answer(Base):
    """What one person answered: nominative, and said so; unique keys alone refuse a second answer.

    One of the account, and ``person_key`` that identity makes of the person where verified people alone answer.
    """

    __tablename__ = "answer"
    __table_args__ = (
        UniqueConstraint("consultation_id", "person"),
        Index("ix_answer_option", "consultation_id", "option"),
        Index(
            "uq_answer_person_key",
            "consultation_id",
            "person_key",
            unique=True,
            postgresql_where=text("person_key IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    consultation_id: Mapped[UUID] = mapped_column(ForeignKey("consultation.id"))
    person: Mapped[UUID]
    person_key: Mapped[bytes | None]
    option: Mapped[str]
    answered_at: Mapped[datetime] = mapped_column(Instant)


class Poll(Base):
    """A secret vote: its frozen rules, the board's public key, and at the end its result and signed record.

    That of a participatory budget has the budget's id. Its roll is kept ``retention_days`` after its end.
    """

    __tablename__ = "poll"
    __table_args__ = (
        Index("ix_poll_newest", "collectivity", "created_at", "id"),
        Index("ix_poll_roll_unparted", "closes_at", postgresql_where=text("roll_parted_at IS NULL")),
        Index("ix_poll_counted_kept", "counted_at", postgresql_where=text("forgotten_at IS NULL")),
        Index("ix_poll_cancelled_kept", "cancelled_at", postgresql_where=text("forgotten_at IS NULL")),
        Index("ix_poll_draft", "closes_at", postgresql_where=text("published_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    title: Mapped[dict[str, str]] = mapped_column(JSONB)
    description: Mapped[dict[str, str]] = mapped_column(JSONB)
    options: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    budgets: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    rules: Mapped[dict[str, Any]] = mapped_column(JSONB)
    method: Mapped[dict[str, Any]] = mapped_column(JSONB)
    digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    board_key: Mapped[bytes] = mapped_column(LargeBinary)
    board_members: Mapped[int]
    board_threshold: Mapped[int]
    eligibility: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    entitled: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    entitled_salt: Mapped[bytes | None] = mapped_column(LargeBinary)
    announced_close_at: Mapped[datetime | None] = mapped_column(Instant)
    cancelled_at: Mapped[datetime | None] = mapped_column(Instant)
    wanted: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    of_budget: Mapped[bool] = mapped_column(server_default=false())
    opens_at: Mapped[datetime] = mapped_column(Instant)
    closes_at: Mapped[datetime] = mapped_column(Instant)
    published_at: Mapped[datetime | None] = mapped_column(Instant)
    counted_at: Mapped[datetime | None] = mapped_column(Instant)
    roll_parted_at: Mapped[datetime | None] = mapped_column(Instant)
    retention_days: Mapped[int] = mapped_column(server_default=text("365"))
    forgotten_at: Mapped[datetime | None] = mapped_column(Instant)
    record: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Instant)


class PollRoll(Base):
    """Who has voted, under the key that identity makes of a person, and the one that this service makes of an account.

    Each refuses a second vote by itself: two accounts of one person, and one account whose civil status was corrected.
    At a desk ``account_key`` is that of the document by which the person was received.
    Entries of before identity made keys have the account's in ``person_key``; so has one that is held.
    """

    __tablename__ = "poll_roll"
    __table_args__ = (Index("uq_poll_roll_account", "poll_id", text("coalesce(account_key, person_key)"), unique=True),)

    poll_id: Mapped[UUID] = mapped_column(ForeignKey("poll.id"), primary_key=True)
    person_key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    account_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    channel: Mapped[str] = mapped_column(server_default="online")
    collectivity: Mapped[str]


class MergedAccount(Base):
    """An account that is no more, and the one that took its place."""

    __tablename__ = "merged_account"

    person: Mapped[UUID] = mapped_column(primary_key=True)
    into_person: Mapped[UUID] = mapped_column(index=True)
    collectivity: Mapped[str]


class PollHold(Base):
    """A key of the roll that is no vote: of an account that is no more, or (``voted``) of who voted under another."""

    __tablename__ = "poll_hold"

    poll_id: Mapped[UUID] = mapped_column(ForeignKey("poll.id"), primary_key=True)
    person_key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    collectivity: Mapped[str]
    voted: Mapped[bool]


class PollUrn(Base):
    """A sealed ballot: nothing of who cast it, or when. The batch is that of the signed root that covers it."""

    __tablename__ = "poll_urn"
    __table_args__ = (
        UniqueConstraint("poll_id", "commitment"),
        Index("ix_poll_urn_fresh", "poll_id", postgresql_where=text("batch IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    poll_id: Mapped[UUID] = mapped_column(ForeignKey("poll.id"))
    commitment: Mapped[bytes] = mapped_column(LargeBinary)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    batch: Mapped[int | None]


class PollRoot(Base):
    """A signed root over all ballots up to a batch."""

    __tablename__ = "poll_root"

    poll_id: Mapped[UUID] = mapped_column(ForeignKey("poll.id"), primary_key=True)
    batch: Mapped[int] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    size: Mapped[int]
    root: Mapped[bytes] = mapped_column(LargeBinary)
    signature: Mapped[bytes] = mapped_column(LargeBinary)


class PollChoice(Base):
    """What the opened ballots say: each distinct choice, and how many made it. No ballot is told apart."""

    __tablename__ = "poll_choice"

    poll_id: Mapped[UUID] = mapped_column(ForeignKey("poll.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    choice: Mapped[str]
    times: Mapped[int]
