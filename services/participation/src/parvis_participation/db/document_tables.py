# SPDX-License-Identifier: EUPL-1.2
"""The tables of documents: for everybody to read, so that nothing in them is sealed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from parvis_participation.db.base import Base, Instant


class Document(Base):
    """A document of a process or an assembly; once it is withdrawn, that it was there and which versions it had.

    ``language`` is that of its content and title; ``alternative`` says where, or how, who cannot read it as it is gets
    what it says.
    """

    __tablename__ = "document"
    __table_args__ = (Index("ix_document_owner", "owner_id", "created_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    owner: Mapped[str]
    owner_id: Mapped[UUID]
    title: Mapped[str | None]
    language: Mapped[str]
    alternative: Mapped[str | None]
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(Instant)
    changed_at: Mapped[datetime] = mapped_column(Instant)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)


class DocumentVersion(Base):
    """A file that a document was, or is; without content once the document is withdrawn."""

    __tablename__ = "document_version"

    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
