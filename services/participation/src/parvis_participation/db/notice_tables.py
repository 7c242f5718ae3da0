# SPDX-License-Identifier: EUPL-1.2
"""The table of people who reported something without an account."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, false, text
from sqlalchemy.orm import Mapped, mapped_column

from parvis_kit.db.tables import searchable, shreddable
from parvis_participation.db.base import Base, Instant


class ContentNotice(Base):
    """Who gave a notice: a person of their own, who has nothing but that report; ``digest`` is of their secret.

    ``address`` is the blind index of the mailbox that the address leads to; ``mailed`` whether mails go there, in
    ``language``: strangers name addresses of others, too, and few a day are written to.

    Name and address are sealed by a key of that person's own, which is destroyed with the row.
    """

    __tablename__ = "content_notice"
    __table_args__ = (
        Index("ix_content_notice_newest", "collectivity", "created_at"),
        Index("ix_content_notice_mailed", "address", "created_at", postgresql_where=text("mailed")),
    )

    person: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("moderation_case.id"), index=True)
    name: Mapped[bytes | None] = shreddable(LargeBinary)
    email: Mapped[bytes | None] = shreddable(LargeBinary)
    digest: Mapped[bytes] = mapped_column(unique=True)
    address: Mapped[bytes | None] = searchable(LargeBinary)
    language: Mapped[str | None]
    mailed: Mapped[bool] = mapped_column(server_default=false())
    created_at: Mapped[datetime] = mapped_column(Instant, index=True)
