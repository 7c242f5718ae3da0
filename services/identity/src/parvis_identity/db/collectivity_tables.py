# SPDX-License-Identifier: EUPL-1.2
"""The tables of collectivities, and of how they look."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, text
from sqlalchemy.dialects.postgresql import TEXT
from sqlalchemy.orm import Mapped, mapped_column

from parvis_identity.db.base import INSTANT, TEXTS, Base


class CollectivityRow(Base):
    """A local authority, and the establishments whose staff may be its agents."""

    __tablename__ = "collectivity"

    collectivity: Mapped[str] = mapped_column(TEXT, primary_key=True)
    name_fr: Mapped[str] = mapped_column(TEXT)
    name_en: Mapped[str] = mapped_column(TEXT)
    sirets: Mapped[list[str]] = mapped_column(TEXTS)
    created_at: Mapped[datetime] = mapped_column(INSTANT, server_default=text("now()"))


class CollectivityLookRow(Base):
    """What the administrators of a collectivity chose; its names go before those that it was founded with."""

    __tablename__ = "collectivity_look"

    collectivity: Mapped[str] = mapped_column(ForeignKey("collectivity.collectivity"), primary_key=True)
    name_fr: Mapped[str | None] = mapped_column(TEXT)
    name_en: Mapped[str | None] = mapped_column(TEXT)
    colour: Mapped[str | None] = mapped_column(TEXT)
    time_zone: Mapped[str] = mapped_column(TEXT)
    logo: Mapped[str | None] = mapped_column(TEXT)
    version: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(INSTANT)


class CollectivityLogoRow(Base):
    """The picture itself, which only who asks for it reads."""

    __tablename__ = "collectivity_logo"

    collectivity: Mapped[str] = mapped_column(ForeignKey("collectivity.collectivity"), primary_key=True)
    media_type: Mapped[str] = mapped_column(TEXT)
    content: Mapped[bytes] = mapped_column(LargeBinary)
