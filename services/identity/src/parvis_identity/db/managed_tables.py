# SPDX-License-Identifier: EUPL-1.2
"""The tables of what administrators and directories manage."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.dialects.postgresql import TEXT
from sqlalchemy.orm import Mapped, mapped_column

from parvis_identity.db.base import INSTANT, TEXTS, Base


class RegistrationTicketRow(Base):
    """What lets a partner register one client (RFC 7591 section 3, initial access token); known by its hash."""

    __tablename__ = "registration_ticket"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    collectivity: Mapped[str] = mapped_column(ForeignKey("collectivity.collectivity"), index=True)
    scopes: Mapped[list[str]] = mapped_column(TEXTS)
    expires_at: Mapped[datetime] = mapped_column(INSTANT, index=True)
    used_at: Mapped[datetime | None] = mapped_column(INSTANT)


class TeamRow(Base):
    """A team of a collectivity, as a directory provisions it; agents carry its code."""

    __tablename__ = "team"
    __table_args__ = (UniqueConstraint("collectivity", "code"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str] = mapped_column(ForeignKey("collectivity.collectivity"))
    code: Mapped[str] = mapped_column(TEXT)
    name: Mapped[str] = mapped_column(TEXT)
    external_id: Mapped[str | None] = mapped_column(TEXT)
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(INSTANT)
    updated_at: Mapped[datetime] = mapped_column(INSTANT)
