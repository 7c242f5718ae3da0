# SPDX-License-Identifier: EUPL-1.2
"""The table of photos of proposals."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from parvis_kit.db.tables import searchable, shreddable
from parvis_participation.db.base import Base, Instant


class ProposalPhoto(Base):
    """A photo and its thumbnail, sealed with the key of who sent it: erasing them takes it out of every backup, too.

    Neither is ever replaced, so that moderators see what was reported; both are None once nobody has to see them any
    more, and then ``size`` (in bytes, of both) is 0. ``sealed_for`` is the account that they were sealed for and that
    went into ``person``, until the worker seals them anew.
    """

    __tablename__ = "proposal_photo"
    __table_args__ = (
        Index("ix_proposal_photo_person", "person", "created_at"),
        Index("ix_proposal_photo_sealed_for", "id", postgresql_where=text("sealed_for IS NOT NULL")),
        Index("ix_proposal_photo_unseen", "changed_at", postgresql_where=text("state <> 'published'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str] = mapped_column(index=True)
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"), index=True)
    person: Mapped[UUID]
    sealed_for: Mapped[UUID | None]
    alternative_text: Mapped[str | None] = searchable()
    media_type: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]
    content: Mapped[bytes | None] = shreddable(LargeBinary, deferred=True)
    thumbnail: Mapped[bytes | None] = shreddable(LargeBinary, deferred=True)
    state: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)
