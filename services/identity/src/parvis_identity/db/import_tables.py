# SPDX-License-Identifier: EUPL-1.2
"""The tables of accounts that towns bring from elsewhere."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TEXT
from sqlalchemy.orm import Mapped, mapped_column

from parvis_identity.db.base import INSTANT, Base
from parvis_kit.db.tables import shreddable


class AccountImportRow(Base):
    """One file, how far it is, and what came of its lines."""

    __tablename__ = "account_import"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'finished')", name="state"),
        Index(None, "created_at", postgresql_where=text("state <> 'finished'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str] = mapped_column(ForeignKey("collectivity.collectivity"), index=True)
    dry_run: Mapped[bool]
    state: Mapped[str] = mapped_column(TEXT)
    total: Mapped[int]
    created: Mapped[int] = mapped_column(server_default=text("0"))
    known: Mapped[int] = mapped_column(server_default=text("0"))
    existing: Mapped[int] = mapped_column(server_default=text("0"))
    refused: Mapped[int] = mapped_column(server_default=text("0"))
    created_at: Mapped[datetime] = mapped_column(INSTANT)
    finished_at: Mapped[datetime | None] = mapped_column(INSTANT)


class AccountImportPartRow(Base):
    """Lines that wait for the worker, sealed; deleted with what came of them."""

    __tablename__ = "account_import_part"

    account_import: Mapped[UUID] = mapped_column(ForeignKey("account_import.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class AccountImportErrorRow(Base):
    """What is wrong with a line: a place and a code, never what it says."""

    __tablename__ = "account_import_error"

    account_import: Mapped[UUID] = mapped_column(ForeignKey("account_import.id", ondelete="CASCADE"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    pointer: Mapped[str] = mapped_column(TEXT, primary_key=True)
    code: Mapped[str] = mapped_column(TEXT)


class ImportedAccountRow(Base):
    """What a town says of somebody, sealed with a key of its own, until they take it over."""

    __tablename__ = "imported_account"
    __table_args__ = (UniqueConstraint("collectivity", "external_id_index"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str] = mapped_column(ForeignKey("collectivity.collectivity"))
    external_id_index: Mapped[bytes] = mapped_column(LargeBinary)
    email_index: Mapped[bytes] = mapped_column(LargeBinary, index=True)
    details: Mapped[bytes | None] = shreddable(LargeBinary)
    person: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(INSTANT, index=True)
    claimed_at: Mapped[datetime | None] = mapped_column(INSTANT)
