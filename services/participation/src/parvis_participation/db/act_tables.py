# SPDX-License-Identifier: EUPL-1.2
"""The tables of acts: on polls, and in a town's name."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from parvis_participation.db.base import Base, Instant


class PollAct(Base):
    """What an agent did to a poll, as the public line that says it; the digest covers it and the one before."""

    __tablename__ = "poll_act"

    poll_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    line: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary)


class TownChain(Base):
    """The last act of a town's chain; its lock has acts follow one another."""

    __tablename__ = "town_chain"

    collectivity: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]
    digest: Mapped[bytes] = mapped_column(LargeBinary)


class TownAct(Base):
    """What was done in a town's name to anything but a poll, as the public line that says it."""

    __tablename__ = "town_act"

    collectivity: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    line: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary)


class DeskReception(Base):
    """How many voters (at a desk, vouchers) an agent received within an hour, until the chain says so: no order."""

    __tablename__ = "desk_reception"

    hour: Mapped[datetime] = mapped_column(Instant, primary_key=True)
    poll_id: Mapped[UUID] = mapped_column(ForeignKey("poll.id"), primary_key=True, index=True)
    agent: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    voters: Mapped[int]
