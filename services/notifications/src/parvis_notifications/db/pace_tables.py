# SPDX-License-Identifier: EUPL-1.2
"""The table of the turns that workers have with providers."""

from datetime import datetime

from sqlalchemy import BigInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from parvis_notifications.db.base import Base, Instant


class ProviderPace(Base):
    """One provider, by its channel and its own name.

    From ``next_at`` on no worker has a turn there; until ``held_until`` alerts alone are given any. ``version`` counts
    its changes.
    """

    __tablename__ = "provider_pace"

    provider: Mapped[str] = mapped_column(primary_key=True)
    next_at: Mapped[datetime] = mapped_column(Instant)
    held_until: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
