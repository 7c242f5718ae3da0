# SPDX-License-Identifier: EUPL-1.2
"""The tables of teams: who is in one, and when they are absent."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from parvis_requests.db.base import Base, Instant


class Team(Base):
    """Agents who handle requests together. Requests and rules name it by its code."""

    __tablename__ = "team"
    __table_args__ = (UniqueConstraint("collectivity", "code"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str] = mapped_column(ForeignKey("collectivity.collectivity"))
    code: Mapped[str]
    name: Mapped[dict[str, str]] = mapped_column(JSONB)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Instant)
    updated_at: Mapped[datetime] = mapped_column(Instant)


class TeamMember(Base):
    """An agent who is in a team."""

    __tablename__ = "team_member"
    __table_args__ = (Index("ix_team_member_agent", "collectivity", "agent"),)

    team_id: Mapped[UUID] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"), primary_key=True)
    agent: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]


class TeamAbsence(Base):
    """When a member takes no work, and who stands in for them; why is nobody's business here."""

    __tablename__ = "team_absence"

    team_id: Mapped[UUID] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"), primary_key=True)
    agent: Mapped[UUID] = mapped_column(primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(Instant, primary_key=True)
    ends_at: Mapped[datetime] = mapped_column(Instant)
    deputy: Mapped[UUID | None]
    collectivity: Mapped[str]
