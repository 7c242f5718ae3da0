# SPDX-License-Identifier: EUPL-1.2
"""The tables of those who write proposals together."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from parvis_participation.db.base import Base, Instant


class ProposalCoAuthor(Base):
    """That somebody writes a proposal with its author."""

    __tablename__ = "proposal_co_author"

    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    person: Mapped[UUID] = mapped_column(primary_key=True, index=True)
    collectivity: Mapped[str]
    joined_at: Mapped[datetime] = mapped_column(Instant)


class ProposalInvitation(Base):
    """An invitation that waits for an answer; of its token the hash alone is kept, and nothing once it is answered."""

    __tablename__ = "proposal_invitation"
    __table_args__ = (UniqueConstraint("proposal_id", "token_hash"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    proposal_id: Mapped[UUID] = mapped_column(ForeignKey("proposal.id"))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
