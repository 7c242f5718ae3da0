# SPDX-License-Identifier: EUPL-1.2
"""The table of acts on polls."""

from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from parvis_participation.db.base import Base


class PollAct(Base):
    """What an agent did to a poll, as the public line that says it; the digest covers it and the one before."""

    __tablename__ = "poll_act"

    poll_id: Mapped[UUID] = mapped_column(ForeignKey("poll.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    line: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
