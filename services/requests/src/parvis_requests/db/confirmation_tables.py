# SPDX-License-Identifier: EUPL-1.2
"""The table of the addresses that their owners are asked to confirm."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from parvis_kit.db.tables import searchable, shreddable
from parvis_requests.db.base import Base, Instant


class Confirmation(Base):
    """Somebody without an account left an address; the token of the mail to it shows that it is theirs.

    ``content`` is what they filed, where its type lets it wait for that: nobody is shown it before. It goes, as the
    token does, once the request is stored. ``follows`` is the request of somebody else that they follow from then on.
    ``address`` is a blind index: it bounds the mails to one address.
    """

    __tablename__ = "confirmation"
    __table_args__ = (
        Index("ix_confirmation_address", "address", "sent_at"),
        Index("ix_confirmation_expires_at", "expires_at"),
        Index("ix_confirmation_waiting", "confirmed_at", postgresql_where=text("content IS NOT NULL")),
        Index("ix_confirmation_follows", "follows", postgresql_where=text("follows IS NOT NULL")),
        Index("ix_confirmation_following", "collectivity", "created_at", postgresql_where=text("follows IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person: Mapped[UUID] = mapped_column(ForeignKey("reporter.person", ondelete="CASCADE"), unique=True)
    collectivity: Mapped[str]
    digest: Mapped[bytes] = mapped_column(unique=True)
    token: Mapped[bytes | None] = shreddable(LargeBinary)
    address: Mapped[bytes] = searchable(LargeBinary)
    content: Mapped[bytes | None] = shreddable(LargeBinary)
    follows: Mapped[UUID | None] = mapped_column(ForeignKey("request.id", ondelete="SET NULL"))
    sent: Mapped[int] = mapped_column(SmallInteger)
    sent_at: Mapped[datetime] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
