# SPDX-License-Identifier: EUPL-1.2
"""The tables of people's addresses in a messenger, and of the rooms in which they are written to."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from parvis_kit.db.tables import shreddable
from parvis_notifications.db.base import Base, Instant


class ChatAddress(Base):
    """An address of a person's in one collectivity: one that they have confirmed, and one that they are to confirm.

    ``mark`` is a blind index of it, by which who writes in its room is known; ``code_mark`` one of the code that was
    sent there. ``left_at`` is when its owner left the room or refused it: nothing goes there from then on.
    """

    __tablename__ = "chat_address"
    __table_args__ = (
        Index(
            "uq_chat_address_confirmed",
            "person",
            "collectivity",
            unique=True,
            postgresql_where="confirmed_at IS NOT NULL",
        ),
        Index(
            "uq_chat_address_pending", "person", "collectivity", unique=True, postgresql_where="confirmed_at IS NULL"
        ),
        Index("ix_chat_address_person", "person", "collectivity"),
        Index("ix_chat_address_expires_at", "expires_at", postgresql_where="confirmed_at IS NULL"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    person: Mapped[UUID]
    address: Mapped[bytes] = shreddable(LargeBinary)
    mark: Mapped[bytes] = mapped_column(LargeBinary)
    code_mark: Mapped[bytes | None] = mapped_column(LargeBinary)
    tries: Mapped[int] = mapped_column(SmallInteger)
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(Instant)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    left_at: Mapped[datetime | None] = mapped_column(Instant)


class ChatCode(Base):
    """That a code was asked for: by which account, and for which address, as a blind index; kept for a day."""

    __tablename__ = "chat_code"
    __table_args__ = (
        Index("ix_chat_code_person", "person", "created_at"),
        Index("ix_chat_code_mark", "mark", "created_at"),
        Index("ix_chat_code_created_at", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    person: Mapped[UUID]
    mark: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Instant)


class ChatRoom(Base):
    """The room in which the owner of an address is written to by one homeserver; it is named after ``id`` there.

    ``room`` is the homeserver's own name of it, None until that is known. Without an address it is one that the town
    is to leave, from ``due_at`` on.
    """

    __tablename__ = "chat_room"
    __table_args__ = (
        UniqueConstraint("address_id", "provider"),
        Index("ix_chat_room_due_at", "due_at", postgresql_where="address_id IS NULL"),
        Index("uq_chat_room_room", "provider", "room", unique=True, postgresql_where="room IS NOT NULL"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    address_id: Mapped[UUID | None] = mapped_column(ForeignKey("chat_address.id", ondelete="SET NULL"))
    collectivity: Mapped[str]
    provider: Mapped[str]
    room: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime] = mapped_column(Instant, server_default=text("now()"))
