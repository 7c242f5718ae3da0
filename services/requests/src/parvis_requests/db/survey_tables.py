# SPDX-License-Identifier: EUPL-1.2
"""The table of those who are to be asked how they were served."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from parvis_requests.db.base import Base, Instant


class Survey(Base):
    """The author of a request that ended is asked from ``due_at`` on, once; ``closes_at`` is when it is too late."""

    __tablename__ = "survey"
    __table_args__ = (
        Index("ix_survey_due", "due_at", postgresql_where=text("asked_at IS NULL")),
        Index("ix_survey_asked", "collectivity", "asked_at"),
    )

    request_id: Mapped[UUID] = mapped_column(ForeignKey("request.id", ondelete="CASCADE"), primary_key=True)
    collectivity: Mapped[str]
    due_at: Mapped[datetime] = mapped_column(Instant)
    closes_at: Mapped[datetime] = mapped_column(Instant)
    asked_at: Mapped[datetime | None] = mapped_column(Instant)


class SurveyRefusal(Base):
    """Somebody wants to be asked no more in a collectivity.

    ``who`` is the account or, of who has none, the blind index of their address, which tells nobody what it is.
    """

    __tablename__ = "survey_refusal"
    __table_args__ = (Index("ix_survey_refusal_who", "who"),)

    collectivity: Mapped[str] = mapped_column(primary_key=True)
    who: Mapped[UUID] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(Instant)


class CountedMonths(Base):
    """Before ``until``, the first instant of a month in Paris, all answers of a collectivity are counted."""

    __tablename__ = "counted_months"

    collectivity: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[datetime] = mapped_column(Instant)


class SatisfactionCount(Base):
    """How people say that they were served: of one type and team, in the month that begins on ``month``.

    How many gave each score in that month; how many were asked in it, and how many of these have answered, whenever.
    Nothing tells who, or which request, and nothing changes once the month is counted.
    """

    __tablename__ = "satisfaction_count"

    collectivity: Mapped[str] = mapped_column(primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    type_code: Mapped[str] = mapped_column(primary_key=True)
    team: Mapped[str] = mapped_column(primary_key=True)
    score_1: Mapped[int] = mapped_column(server_default="0")
    score_2: Mapped[int] = mapped_column(server_default="0")
    score_3: Mapped[int] = mapped_column(server_default="0")
    score_4: Mapped[int] = mapped_column(server_default="0")
    score_5: Mapped[int] = mapped_column(server_default="0")
    asked: Mapped[int] = mapped_column(server_default="0")
    answered: Mapped[int] = mapped_column(server_default="0")
