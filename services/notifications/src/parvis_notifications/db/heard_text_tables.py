# SPDX-License-Identifier: EUPL-1.2
"""The table of what people wrote over SMPP, as far as it may be brought again or waits for its other parts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary, SmallInteger, false
from sqlalchemy.orm import Mapped, mapped_column

from parvis_kit.db.tables import shreddable
from parvis_notifications.db.base import Base, Instant


class HeardText(Base):
    """A text message, or one part of it, under the name by which it is done once.

    ``mark`` is a blind index of who wrote what to whom, ``connection`` the one that it came over. Until it is ``sure``
    that the operator has our answer, the same over another connection is this one, brought again. A part of a longer
    text has that text's mark (``whole``), its place (``number`` of ``total``), and its words (``content``, sealed with
    a key of its own) until they were joined.
    """

    __tablename__ = "heard_text"
    __table_args__ = (
        Index("uq_heard_text_unsure", "collectivity", "mark", unique=True, postgresql_where="NOT sure"),
        Index("ix_heard_text_whole", "collectivity", "whole", postgresql_where="content IS NOT NULL"),
        Index("ix_heard_text_waiting", "heard_at", postgresql_where="content IS NOT NULL"),
        Index("ix_heard_text_heard_at", "heard_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    mark: Mapped[bytes] = mapped_column(LargeBinary)
    connection: Mapped[UUID]
    sure: Mapped[bool] = mapped_column(server_default=false())
    whole: Mapped[bytes | None] = mapped_column(LargeBinary)
    number: Mapped[int | None] = mapped_column(SmallInteger)
    total: Mapped[int | None] = mapped_column(SmallInteger)
    content: Mapped[bytes | None] = shreddable(LargeBinary)
    heard_at: Mapped[datetime] = mapped_column(Instant)
