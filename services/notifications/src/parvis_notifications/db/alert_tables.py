# SPDX-License-Identifier: EUPL-1.2
"""The tables of alerts beside their broadcasts: what CAP 1.2 wants said, named areas, and the register of the frail."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TEXT
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.orm import Mapped, mapped_column

from parvis_kit.db.tables import searchable, shreddable
from parvis_notifications.db.base import Base, Instant


class Alert(Base):
    """A broadcast of the lane of alerts, as CAP 1.2 describes it; ``earlier`` are those that it takes the place of.

    ``sent_at`` is when it was approved; its approver stands with the broadcast, where a constraint holds that it is
    not the author. ``ended_at`` is when a later one took its place, or its sending
    was called off.
    """

    __tablename__ = "alert"
    __table_args__ = (
        Index("ix_alert_public", "collectivity", "sent_at", "id", postgresql_where="sent_at IS NOT NULL"),
    )

    id: Mapped[UUID] = mapped_column(ForeignKey("broadcast.id", ondelete="CASCADE"), primary_key=True)
    collectivity: Mapped[str]
    kind: Mapped[str]
    event: Mapped[dict[str, str]] = mapped_column(JSONB)
    category: Mapped[str]
    urgency: Mapped[str]
    severity: Mapped[str]
    certainty: Mapped[str]
    response: Mapped[str | None]
    earlier: Mapped[list[UUID]] = mapped_column(ARRAY(PG_UUID(as_uuid=True)))
    named_areas: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    onset_at: Mapped[datetime | None] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class AlertArea(Base):
    """An area that alerts name: a sector of the plan communal de sauvegarde, the reach of a flood."""

    __tablename__ = "alert_area"

    collectivity: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[dict[str, str]] = mapped_column(JSONB)
    outlines: Mapped[list[Any]] = mapped_column(JSONB)
    version: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(Instant)


class RegisterEntry(Base):
    """Somebody of the register of article L. 121-6-1 of the CASF; alerts reach them as the subscriber of the same id.

    ``content`` holds all that articles R. 121-3 and R. 121-4 have entered, sealed with a key of the entry's own. Of it
    stand readable, as where they live does, the address in the order of streets (``walk``) and whether there is
    something that helpers must know (``has_needs``); ``name_mark`` is a blind index of the family name. These are of
    ``read_version``, which the worker brings to ``version`` where it is not. ``checked_at`` is when somebody last made
    sure of what stands there.
    """

    __tablename__ = "register_entry"
    __table_args__ = (
        Index("ix_register_entry_collectivity", "collectivity", "created_at", "id"),
        Index("ix_register_entry_walk", "collectivity", text("coalesce(walk, '')"), "id"),
        Index("ix_register_entry_name", "collectivity", "name_mark", "created_at", "id"),
        Index("ix_register_entry_checked", "collectivity", text("coalesce(checked_at, created_at)"), "id"),
        Index("ix_register_entry_unread", "id", postgresql_where="read_version IS DISTINCT FROM version"),
        Index("uq_register_entry_person", "person", "collectivity", unique=True, postgresql_where="person IS NOT NULL"),
    )

    id: Mapped[UUID] = mapped_column(ForeignKey("subscriber.id", ondelete="CASCADE"), primary_key=True)
    collectivity: Mapped[str]
    content: Mapped[bytes] = shreddable(LargeBinary)
    # The account that sees and changes it, as an agent linked it.
    person: Mapped[UUID | None]
    author: Mapped[UUID]
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(Instant)
    walk: Mapped[str | None] = searchable(Text(collation="C"))
    name_mark: Mapped[bytes | None] = mapped_column(LargeBinary)
    has_needs: Mapped[bool | None] = searchable(Boolean)
    checked_at: Mapped[datetime | None] = mapped_column(Instant)
    read_version: Mapped[int | None]

    @property
    def last_checked(self) -> datetime:
        """Whoever entered them made sure of it, too."""
        return self.checked_at or self.created_at


class RegisterRequest(Base):
    """That somebody asks by their account to be entered, sealed with their key, until an agent has settled it.

    One that was refused stays for some time, with the reason, for who asked.
    """

    __tablename__ = "register_request"
    __table_args__ = (
        UniqueConstraint("person", "collectivity"),
        CheckConstraint("state IN ('asked', 'refused')", name="state"),
        CheckConstraint("(state = 'refused') = (settled_at IS NOT NULL)", name="settled"),
        Index("ix_register_request_asked", "collectivity", "asked_at", "id", postgresql_where="state = 'asked'"),
        Index("ix_register_request_settled", "settled_at", postgresql_where="settled_at IS NOT NULL"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    person: Mapped[UUID]
    state: Mapped[str]
    content: Mapped[bytes] = shreddable(LargeBinary)
    reason: Mapped[bytes | None] = shreddable(LargeBinary)
    version: Mapped[int] = mapped_column(BigInteger)
    asked_at: Mapped[datetime] = mapped_column(Instant)
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    settled_by: Mapped[UUID | None]


class RegisterChange(Base):
    """That an agent, or its own person, changed an entry: why, and what stood there before, sealed as it is.

    ``linking`` is that an account was linked to it, whose words took that place; ``home`` is where they were reached
    until then, which stands nowhere else.
    """

    __tablename__ = "register_change"
    __table_args__ = (
        Index("ix_register_change_entry", "entry", "created_at", "id"),
        Index("ix_register_change_own", "agent", postgresql_where="own"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    entry: Mapped[UUID] = mapped_column(ForeignKey("register_entry.id", ondelete="CASCADE"))
    collectivity: Mapped[str]
    agent: Mapped[UUID]
    reason: Mapped[bytes] = shreddable(LargeBinary)
    before: Mapped[bytes] = shreddable(LargeBinary)
    home: Mapped[bytes | None] = shreddable(LargeBinary)
    own: Mapped[bool] = mapped_column(server_default=text("false"))
    linking: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[datetime] = mapped_column(Instant)


OWN_ACTS: Final = ("own-ask", "own-change", "own-leave")
"""What people do of themselves, by their account."""
OWN: Final = "act IN ('own-ask', 'own-change', 'own-leave')"


class RegisterAccess(Base):
    """That an agent saw or changed what is known of people who may need help: who, what, why and when."""

    __tablename__ = "register_access"
    __table_args__ = (
        Index("ix_register_access_collectivity", "collectivity", "created_at", "id"),
        Index("ix_register_access_created_at", "created_at"),
        Index("ix_register_access_own", "agent", postgresql_where=OWN),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    agent: Mapped[UUID]
    act: Mapped[str]
    entry: Mapped[UUID | None]
    alert: Mapped[UUID | None]
    people: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(Instant)
