# SPDX-License-Identifier: EUPL-1.2
"""Tables of the keys that sign tokens, one for each algorithm."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from parvis_identity.db.base import INSTANT, Base


class SigningKeyColumns(Base):
    """A key that signs tokens: one signs now, one is published for later, the past ones verify for a while."""

    __abstract__ = True

    kid: Mapped[str] = mapped_column(TEXT, primary_key=True)
    status: Mapped[str] = mapped_column(TEXT)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    public_jwk: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(INSTANT)
    retired_at: Mapped[datetime | None] = mapped_column(INSTANT)


class SigningKeyRow(SigningKeyColumns):
    """Keys of ES256."""

    __tablename__ = "signing_key"
    __table_args__ = (
        CheckConstraint("status IN ('next', 'current', 'past')", name="status"),
        Index("uq_signing_key_role", "status", unique=True, postgresql_where=text("status <> 'past'")),
    )


class RsaSigningKeyRow(SigningKeyColumns):
    """Keys of RS256."""

    __tablename__ = "rsa_signing_key"
    __table_args__ = (
        CheckConstraint("status IN ('next', 'current', 'past')", name="status"),
        Index("uq_rsa_signing_key_role", "status", unique=True, postgresql_where=text("status <> 'past'")),
    )
