# SPDX-License-Identifier: EUPL-1.2
"""The table of people who filed without an account."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from parvis_kit.db.tables import shreddable
from parvis_requests.db.base import Base, Instant


class Reporter(Base):
    """How to reach somebody who filed without an account: JSON, sealed with a key of their own.

    ``checked`` once they had, in time, what they are kept for: it takes them along when it goes.
    """

    __tablename__ = "reporter"
    __table_args__ = (Index("ix_reporter_unchecked", "created_at", "person", postgresql_where=text("NOT checked")),)

    person: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    contact: Mapped[bytes] = shreddable(LargeBinary)
    # Since when the address is known to be theirs: an agent took it down. Nobody is written to before.
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    checked: Mapped[bool] = mapped_column(server_default=text("false"))
