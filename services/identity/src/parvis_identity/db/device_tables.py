# SPDX-License-Identifier: EUPL-1.2
"""The table of devices that wait for a person's answer."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.dialects.postgresql import TEXT
from sqlalchemy.orm import Mapped, mapped_column

from parvis_identity.db.base import INSTANT, TEXTS, Base


class DeviceRequestRow(Base):
    """What a device asks for (RFC 8628), until its client has redeemed it or it is over."""

    __tablename__ = "device_request"

    device_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    user_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    client_id: Mapped[str] = mapped_column(TEXT)
    scopes: Mapped[list[str]] = mapped_column(TEXTS)
    resources: Mapped[list[str]] = mapped_column(TEXTS)
    interval_seconds: Mapped[int]
    polled_at: Mapped[datetime | None] = mapped_column(INSTANT)
    grant_id: Mapped[UUID | None] = mapped_column(ForeignKey("token_grant.id", ondelete="CASCADE"), index=True)
    denied_at: Mapped[datetime | None] = mapped_column(INSTANT)
    redeemed_at: Mapped[datetime | None] = mapped_column(INSTANT)
    created_at: Mapped[datetime] = mapped_column(INSTANT)
    expires_at: Mapped[datetime] = mapped_column(INSTANT, index=True)
