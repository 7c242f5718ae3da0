# SPDX-License-Identifier: EUPL-1.2
"""The table of letters that came as a PDF."""

from uuid import UUID

from sqlalchemy import ForeignKey, Integer, LargeBinary, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from parvis_kit.db.tables import shreddable
from parvis_notifications.db.base import Base


class LetterDocument(Base):
    """The PDF that an application had posted, sealed with its recipient's key; it goes with the message."""

    __tablename__ = "letter_document"

    message_id: Mapped[UUID] = mapped_column(ForeignKey("sent_message.id", ondelete="CASCADE"), primary_key=True)
    collectivity: Mapped[str]
    content: Mapped[bytes] = shreddable(LargeBinary)
    size: Mapped[int] = mapped_column(Integer)
    pages: Mapped[int] = mapped_column(SmallInteger)
