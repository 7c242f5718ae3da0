# SPDX-License-Identifier: EUPL-1.2
"""The table of what the town publishes on its social accounts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from parvis_notifications.db.base import Base, Instant


class SocialPost(Base):
    """One post of a broadcast on one account; ``kind`` is whether it says it, or that it was called off.

    ``reply_to`` is the post under which it stands. ``due_at`` is when somebody must look at the row, as with
    deliveries, and infinite once that is nobody's task. ``handed_over_at`` is set from just before it goes to the
    server until the answer is known. ``reference`` is what the server calls it, ``url`` where people read it.
    """

    __tablename__ = "social_post"
    __table_args__ = (
        Index("uq_social_post_broadcast", "broadcast_id", "account", "kind", unique=True),
        Index("ix_social_post_due", "lane", "due_at"),
        Index("ix_social_post_account", "account", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    broadcast_id: Mapped[UUID] = mapped_column(ForeignKey("broadcast.id", ondelete="CASCADE"))
    collectivity: Mapped[str]
    account: Mapped[str]
    lane: Mapped[str]
    kind: Mapped[str]
    reply_to: Mapped[UUID | None]
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    due_at: Mapped[datetime] = mapped_column(Instant)
    claim: Mapped[UUID | None]
    handed_over_at: Mapped[datetime | None] = mapped_column(Instant)
    last_reply: Mapped[str | None]
    reference: Mapped[str | None]
    url: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(Instant)
    published_at: Mapped[datetime | None] = mapped_column(Instant)
