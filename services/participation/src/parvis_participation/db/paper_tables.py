# SPDX-License-Identifier: EUPL-1.2
"""The table of paper ballots."""

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from parvis_participation.db.base import Base


class PaperBatch(Base):
    """The ballots of one urn of paper: how many made each choice; forgotten, as the envelopes are, by the count."""

    __tablename__ = "paper_batch"

    poll_id: Mapped[UUID] = mapped_column(ForeignKey("poll.id"), primary_key=True)
    label: Mapped[str] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    ballots: Mapped[list[list[Any]] | None] = mapped_column(JSONB(none_as_null=True))
    valid: Mapped[int]
    spoiled: Mapped[int]
    digest: Mapped[bytes] = mapped_column(LargeBinary, default=b"")  # of earlier versions: it gave the ballots back
    entered_by: Mapped[str]
    confirmed_by: Mapped[str | None]
