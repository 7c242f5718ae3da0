# SPDX-License-Identifier: EUPL-1.2
"""The table of mails that gather several messages."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from parvis_kit.db.tables import shreddable
from parvis_notifications.db.base import Base, Instant


class Digest(Base):
    """What goes to a person in one mail at ``due_at``; ``work`` is whether they are told it as an agent.

    The decisions on its messages name it. ``look_at`` is when somebody makes the mail of it: later than due where the
    person's address could not be asked for. From ``closed_at`` on nothing joins it: its mail is ``delivery_id``, which
    says ``subject`` and ``body``, or there was nothing to send. ``language`` are the languages that the mail has, its
    own first (RFC 3282); ``html`` is what it shows where there are several.
    """

    __tablename__ = "digest"
    __table_args__ = (
        Index(
            "uq_digest_open",
            "person",
            "collectivity",
            "work",
            "due_at",
            unique=True,
            postgresql_where="closed_at IS NULL",
        ),
        Index("ix_digest_look", "look_at", postgresql_where="closed_at IS NULL"),
        Index("ix_digest_person", "person"),
        Index("ix_digest_created_at", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    person: Mapped[UUID]
    work: Mapped[bool]
    due_at: Mapped[datetime] = mapped_column(Instant)
    look_at: Mapped[datetime] = mapped_column(Instant)
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    delivery_id: Mapped[UUID | None]
    link: Mapped[str | None]
    language: Mapped[str | None]
    subject: Mapped[bytes | None] = shreddable(LargeBinary)
    body: Mapped[bytes | None] = shreddable(LargeBinary)
    html: Mapped[bytes | None] = shreddable(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Instant)
