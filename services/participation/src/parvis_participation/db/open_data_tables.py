# SPDX-License-Identifier: EUPL-1.2
"""The tables of files about whole towns, as they were last made: for everybody to read, and soon made anew."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from parvis_participation.db.base import Base, Instant


class OpenDataFile(Base):
    """The newest making of a file; ``changed_at`` is when one first had these bytes, as far as that is known."""

    __tablename__ = "open_data_file"

    collectivity: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    making: Mapped[UUID]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    size: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(Instant, index=True)
    changed_at: Mapped[datetime] = mapped_column(Instant)


class OpenDataPart(Base):
    """A stretch of what was made, which stays a while after the file was made anew: somebody may be reading it."""

    __tablename__ = "open_data_part"

    making: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(Instant, index=True)
