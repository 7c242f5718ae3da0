# SPDX-License-Identifier: EUPL-1.2
"""The tables of agents, and of those whom notes name."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from parvis_requests.db.base import Base, Instant


class KnownAgent(Base):
    """Somebody who is an agent of a collectivity, or was; what they may do now, their token says."""

    __tablename__ = "known_agent"

    collectivity: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[UUID] = mapped_column(primary_key=True)


class Mention(Base):
    """An agent whom a note names, or named until the mention was taken back."""

    __tablename__ = "mention"
    __table_args__ = (
        Index("ix_mention_request", "request_id"),
        Index("ix_mention_agent", "collectivity", "agent", "request_id"),
    )

    message_id: Mapped[UUID] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), primary_key=True)
    agent: Mapped[UUID] = mapped_column(primary_key=True)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("request.id", ondelete="CASCADE"))
    collectivity: Mapped[str]
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)
