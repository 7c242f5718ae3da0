# SPDX-License-Identifier: EUPL-1.2
"""The table of letters for the town's own mail room."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, LargeBinary, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from parvis_kit.db.tables import shreddable
from parvis_notifications.db.base import Base, Instant


class MailRoomLetter(Base):
    """A letter laid ready, sealed with a key of its own that is named as it is; ``content`` goes once it is posted.

    ``id`` is the provider's name of the letter, ``delivery`` ours. ``envelope`` is JSON: the lines of address and
    sender, and the country. ``listed_by`` is the last application of which its person was told that it saw these.
    """

    __tablename__ = "mail_room_letter"
    __table_args__ = (
        CheckConstraint("state IN ('prepared', 'waiting', 'posted', 'returned', 'refused')", name="state"),
        Index(
            "ix_mail_room_letter_waiting",
            "collectivity",
            "submitted_at",
            "id",
            postgresql_where="state = 'waiting'",
        ),
        Index("ix_mail_room_letter_created_at", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    delivery: Mapped[UUID]
    state: Mapped[str]
    envelope: Mapped[bytes | None] = shreddable(LargeBinary)
    content: Mapped[bytes | None] = shreddable(LargeBinary)
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    size: Mapped[int] = mapped_column(Integer)
    postage: Mapped[str | None]
    pages: Mapped[int | None] = mapped_column(SmallInteger)
    postage_millicents: Mapped[int | None] = mapped_column(BigInteger)
    happened_on: Mapped[date | None]
    settled_by: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(Instant)
    submitted_at: Mapped[datetime | None] = mapped_column(Instant)
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    listed_by: Mapped[str | None]
    listed_at: Mapped[datetime | None] = mapped_column(Instant)
