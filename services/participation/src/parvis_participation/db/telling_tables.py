# SPDX-License-Identifier: EUPL-1.2
"""The table of people who are to be told something, one by one."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from parvis_participation.db.base import Base, Instant


class PersonTelling(Base):
    """That somebody is to be told what became of something: written with the act, deleted once all of it are told.

    Until then those who were told stay, with ``told_at``: two accounts may turn out to be one person's.
    ``about`` is what it is about, ``within`` what that is a part of, if anything; ``ground`` why it was removed.
    """

    __tablename__ = "person_telling"
    __table_args__ = (
        Index("ix_person_telling_untold", "id", postgresql_where=text("told_at IS NULL")),
        Index("ix_person_telling_told", "about", postgresql_where=text("told_at IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    kind: Mapped[str]
    subject: Mapped[str]
    about: Mapped[UUID] = mapped_column(index=True)
    within: Mapped[UUID | None]
    ground: Mapped[str | None]
    person: Mapped[UUID] = mapped_column(index=True)
    told_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)


class DiscussionTelling(Base):
    """That somebody is to be told of so many comments, ``replies`` of which answer their own.

    Written as the comments of one piece of news count as told, and deleted once all of it are told. Until then those
    who were told stay, with ``told_at``: two accounts may turn out to be one person's.
    """

    __tablename__ = "discussion_telling"
    __table_args__ = (
        Index("ix_discussion_telling_untold", "news_id", "person", postgresql_where=text("told_at IS NULL")),
        Index("ix_discussion_telling_told", "news_id", "person", postgresql_where=text("told_at IS NOT NULL")),
    )

    news_id: Mapped[UUID] = mapped_column(primary_key=True)
    person: Mapped[UUID] = mapped_column(primary_key=True, index=True)
    collectivity: Mapped[str]
    thread: Mapped[str]
    subject_id: Mapped[UUID]
    comments: Mapped[int]
    replies: Mapped[int]
    told_at: Mapped[datetime | None] = mapped_column(Instant)
