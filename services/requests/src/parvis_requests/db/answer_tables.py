# SPDX-License-Identifier: EUPL-1.2
"""The table of the answers that ranges and beginnings are found by."""

from datetime import date
from uuid import UUID

from sqlalchemy import Date, Double, ForeignKey, Index, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from parvis_kit.db.tables import searchable
from parvis_requests.db.base import Base

# Byte by byte, whatever the database sorts by: a beginning is a range of its own then.
BYTES = "C"


class AnswerKey(Base):
    """An answer in clear, of a question that the form's author has declared so: one of number, day and words.

    It goes with its request.
    """

    __tablename__ = "answer_key"
    __table_args__ = tuple(
        Index(
            f"ix_answer_key_{column}",
            "collectivity",
            "question",
            column,
            "request_id",
            postgresql_where=text(f"{column} IS NOT NULL"),
        )
        for column in ("number", "day", "words")
    )

    request_id: Mapped[UUID] = mapped_column(ForeignKey("request.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    collectivity: Mapped[str]
    question: Mapped[str]
    number: Mapped[float | None] = searchable(Double)
    day: Mapped[date | None] = searchable(Date)
    words: Mapped[str | None] = searchable(String(collation=BYTES))
