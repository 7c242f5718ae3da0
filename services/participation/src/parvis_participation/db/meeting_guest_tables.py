# SPDX-License-Identifier: EUPL-1.2
"""The table of people who register for public meetings without an account."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from parvis_kit.db.tables import searchable, shreddable
from parvis_participation.db.base import Base, Instant


class MeetingGuest(Base):
    """Somebody without an account, known by nothing but an address: a person of their own, who is of one meeting.

    ``address`` is the blind index of the address, ``digest`` that of the secret of their link; ``sent`` counts the
    mails by which they were asked to confirm, of which ``sent_at`` was the last.
    """

    __tablename__ = "meeting_guest"
    __table_args__ = (
        UniqueConstraint("meeting_id", "address"),
        Index("ix_meeting_guest_newest", "collectivity", "created_at"),
        Index("ix_meeting_guest_to_confirm", "confirm_before", postgresql_where=text("confirmed_at IS NULL")),
    )

    person: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"))
    address: Mapped[bytes] = searchable(LargeBinary, index=True)
    email: Mapped[bytes] = shreddable(LargeBinary)
    language: Mapped[str]
    token: Mapped[bytes] = shreddable(LargeBinary)
    digest: Mapped[bytes] = mapped_column(unique=True)
    sent: Mapped[int]
    sent_at: Mapped[datetime] = mapped_column(Instant)
    confirm_before: Mapped[datetime] = mapped_column(Instant)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)


class MeetingGuestMail(Base):
    """A mail by which somebody was asked to confirm, for a day: the bounds hold, whatever became of the registration.

    ``address`` is the blind index of the mailbox that theirs leads to; ``registers`` of the first about a registration.
    """

    __tablename__ = "meeting_guest_mail"
    __table_args__ = (
        Index("ix_meeting_guest_mail_to", "address", "sent_at"),
        Index("ix_meeting_guest_mail_newest", "collectivity", "sent_at", postgresql_where=text("registers")),
        Index("ix_meeting_guest_mail_oldest", "sent_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    address: Mapped[bytes] = searchable(LargeBinary)
    registers: Mapped[bool]
    sent_at: Mapped[datetime] = mapped_column(Instant)
