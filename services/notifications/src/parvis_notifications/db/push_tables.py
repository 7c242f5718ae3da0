# SPDX-License-Identifier: EUPL-1.2
"""The table of the browsers that people are told by."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from parvis_kit.db.tables import shreddable
from parvis_notifications.db.base import Base, Instant


class PushSubscription(Base):
    """One browser of a person's; ``work`` is whether it is told what is told to agents, or all else.

    ``browser`` is where its messages go and what they are encrypted with, as JSON. ``mark`` is a blind index of that
    address: a browser belongs to whoever subscribed it last. ``server_key`` is the public key that it was made for.
    """

    __tablename__ = "push_subscription"
    __table_args__ = (
        Index("ix_push_subscription_person", "person", "collectivity"),
        Index("uq_push_subscription_mark", "collectivity", "mark", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    person: Mapped[UUID]
    work: Mapped[bool]
    browser: Mapped[bytes] = shreddable(LargeBinary)
    label: Mapped[bytes | None] = shreddable(LargeBinary)
    mark: Mapped[bytes] = mapped_column(LargeBinary)
    server_key: Mapped[str]
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(Instant)
    taken_at: Mapped[datetime | None] = mapped_column(Instant)
