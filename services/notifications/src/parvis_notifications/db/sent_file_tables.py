# SPDX-License-Identifier: EUPL-1.2
"""The table of files behind the links of mails that applications sent."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Integer, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from parvis_kit.db.tables import shreddable
from parvis_notifications.db.base import Base, Instant


class SentFile(Base):
    """A file with its name, sealed with a key that stands in its link alone: without the mail nobody reads it.

    It outlives its message, whose row goes earlier, and goes at ``expires_at``. ``recipient_index`` tells whether an
    address is the one that it was sent to; it is null where nobody is asked for it.
    """

    __tablename__ = "sent_file"
    __table_args__ = (
        Index("ix_sent_file_expires_at", "expires_at"),
        Index("ix_sent_file_message_id", "message_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    application: Mapped[str]
    message_id: Mapped[UUID]
    name: Mapped[bytes] = shreddable(LargeBinary)
    content: Mapped[bytes] = shreddable(LargeBinary)
    media_type: Mapped[str]
    size: Mapped[int] = mapped_column(Integer)
    recipient_index: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
