# SPDX-License-Identifier: EUPL-1.2
"""The tables of who acts for whom."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.dialects.postgresql import TEXT
from sqlalchemy.orm import Mapped, mapped_column

from parvis_identity.db.base import INSTANT, TEXTS, Base
from parvis_kit.db.tables import shreddable


class AssistanceRow(Base):
    """An agent assists a person for a short while; the reason is sealed with the person's key."""

    __tablename__ = "assistance"
    __table_args__ = (CheckConstraint("channel IN ('counter', 'phone')", name="channel"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str] = mapped_column(TEXT)
    person: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    agent: Mapped[UUID]
    channel: Mapped[str] = mapped_column(TEXT)
    reason: Mapped[bytes] = shreddable(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(INSTANT)
    expires_at: Mapped[datetime] = mapped_column(INSTANT)
    ended_at: Mapped[datetime | None] = mapped_column(INSTANT)


class MandateRow(Base):
    """A mandate: offered by its code, accepted, ended by one of the two."""

    __tablename__ = "mandate"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str] = mapped_column(TEXT)
    mandator: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    mandatary: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    scopes: Mapped[list[str]] = mapped_column(TEXTS)
    organisation: Mapped[UUID | None] = mapped_column(index=True)
    code_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[datetime] = mapped_column(INSTANT)
    offer_ends_at: Mapped[datetime] = mapped_column(INSTANT)
    ends_at: Mapped[datetime] = mapped_column(INSTANT)
    accepted_at: Mapped[datetime | None] = mapped_column(INSTANT)
    ended_at: Mapped[datetime | None] = mapped_column(INSTANT)


class HouseholdChildRow(Base):
    """A child that a parent declared; the child is a person of their own, without a way in."""

    __tablename__ = "household_child"
    __table_args__ = (CheckConstraint("proof IN ('declared')", name="proof"),)

    parent: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    child: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    proof: Mapped[str] = mapped_column(TEXT)
    created_at: Mapped[datetime] = mapped_column(INSTANT)
    ended_at: Mapped[datetime | None] = mapped_column(INSTANT)


class ActOnBehalfRow(Base):
    """A token was handed out with which somebody acted for a person; kept for the person to see."""

    __tablename__ = "act_on_behalf"
    __table_args__ = (Index("ix_act_on_behalf_person", "person", "occurred_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str] = mapped_column(TEXT)
    person: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    actor: Mapped[UUID]
    actor_kind: Mapped[str] = mapped_column(TEXT)
    ground: Mapped[str] = mapped_column(TEXT)
    ground_id: Mapped[UUID]
    organisation: Mapped[UUID | None]
    client_id: Mapped[str] = mapped_column(TEXT)
    scopes: Mapped[list[str]] = mapped_column(TEXTS)
    occurred_at: Mapped[datetime] = mapped_column(INSTANT)
