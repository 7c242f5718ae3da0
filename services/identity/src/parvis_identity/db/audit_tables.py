# SPDX-License-Identifier: EUPL-1.2
"""The tables of the audit trail; the service's role can change neither an entry nor a link, see the migration."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy.dialects.postgresql import JSONB, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from parvis_identity.db.base import INSTANT, Base


class AuditEntryRow(Base):
    """What somebody did, written in the transaction of the act."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index(None, "collectivity", "occurred_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str] = mapped_column(TEXT)
    occurred_at: Mapped[datetime] = mapped_column(INSTANT)
    action: Mapped[str] = mapped_column(TEXT)
    actor_kind: Mapped[str] = mapped_column(TEXT)
    actor: Mapped[str] = mapped_column(TEXT)
    client_id: Mapped[str | None] = mapped_column(TEXT)
    object_kind: Mapped[str] = mapped_column(TEXT)
    object: Mapped[str] = mapped_column(TEXT)
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)


class AuditWaitingRow(Base):
    """An entry that is not in the chain yet; written with it, deleted by the worker that chains it."""

    __tablename__ = "audit_waiting"

    entry: Mapped[UUID] = mapped_column(primary_key=True)


class AuditLinkRow(Base):
    """The place of an entry in the chain, and the hash over it and all before."""

    __tablename__ = "audit_link"

    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    entry: Mapped[UUID] = mapped_column(unique=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class AuditHeadRow(Base):
    """Where the chain ends; locked by the one worker that makes it longer."""

    __tablename__ = "audit_head"

    chain: Mapped[str] = mapped_column(TEXT, primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class AuditPurgedRow(Base):
    """What stands for a line that has had its time: a seal that only the service can make."""

    __tablename__ = "audit_purged"

    sequence: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    seal: Mapped[bytes] = mapped_column(LargeBinary)


class AuditAnchorRow(Base):
    """Where the chain begins, once its first lines have had their time."""

    __tablename__ = "audit_anchor"

    chain: Mapped[str] = mapped_column(TEXT, primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    seal: Mapped[bytes] = mapped_column(LargeBinary)


class AuditRetentionRow(Base):
    """How many months a collectivity keeps its lines, where it has said so."""

    __tablename__ = "audit_retention"
    __table_args__ = (CheckConstraint("months BETWEEN 6 AND 36", name="months"),)

    collectivity: Mapped[str] = mapped_column(ForeignKey("collectivity.collectivity"), primary_key=True)
    months: Mapped[int]


class AuditReaderRow(Base):
    """How far somebody outside has been given the chain, and which worker is giving it at present."""

    __tablename__ = "audit_reader"

    name: Mapped[str] = mapped_column(TEXT, primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    holder: Mapped[UUID | None]
    held_until: Mapped[datetime | None] = mapped_column(INSTANT)
