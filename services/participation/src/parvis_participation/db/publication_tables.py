# SPDX-License-Identifier: EUPL-1.2
"""The table of what people agreed to have shown of them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from parvis_participation.db.base import Base, Instant


class PublicationConsent(Base):
    """A yes to being shown, or its withdrawal: when, by which way, and in which words. Kept as long as its subject.

    ``subject`` is the petition, the mandate or the candidacy, by ``kind``; ``person`` is None for a member without an
    account.
    """

    __tablename__ = "publication_consent"
    __table_args__ = (
        Index("ix_publication_consent_subject", "subject", "person", "created_at", "id"),
        Index("ix_publication_consent_kind", "kind", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    kind: Mapped[str]
    subject: Mapped[UUID]
    person: Mapped[UUID | None] = mapped_column(index=True)
    given: Mapped[bool]
    words: Mapped[str]
    way: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(Instant)
