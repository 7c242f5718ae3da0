# SPDX-License-Identifier: EUPL-1.2
"""The tables of numbers that said STOP, and of who is reached by which number."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from parvis_notifications.db.base import Base, Instant


class TextStop(Base):
    """That a number gets no more text messages of a town, or of one of its applications: the proof, and what ended it.

    ``mark`` is the blind index of the number, ``words`` are those that were written, None where a provider told of it.
    ``application`` is empty for the town. It holds while ``lifted_at`` is None.
    """

    __tablename__ = "text_stop"
    __table_args__ = (
        Index(
            "uq_text_stop_holds",
            "mark",
            "collectivity",
            "application",
            unique=True,
            postgresql_where="lifted_at IS NULL",
        ),
        Index("ix_text_stop_mark", "mark", "collectivity", "application", "said_at"),
        Index("ix_text_stop_lifted", "lifted_at", postgresql_where="lifted_at IS NOT NULL"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    application: Mapped[str]
    mark: Mapped[bytes] = mapped_column(LargeBinary)
    way: Mapped[str]
    words: Mapped[str | None]
    said_at: Mapped[datetime] = mapped_column(Instant)
    lifted_at: Mapped[datetime | None] = mapped_column(Instant)
    lifted_way: Mapped[str | None]
    lifted_words: Mapped[str | None]


class TextedNumber(Base):
    """The number by which an account was last reached, as a blind index, until it has another one.

    Whose a STOP is, is so asked of no other service.
    """

    __tablename__ = "texted_number"
    __table_args__ = (
        Index("ix_texted_number_person", "person"),
        Index("ix_texted_number_mark", "mark", "collectivity"),
    )

    collectivity: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[UUID] = mapped_column(primary_key=True)
    mark: Mapped[bytes] = mapped_column(LargeBinary)
