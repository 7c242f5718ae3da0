# SPDX-License-Identifier: EUPL-1.2
"""The table of people who were erased, and whose key their requests still need."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from parvis_requests.db.base import Base, Instant


class ErasedPerson(Base):
    """An id that is nobody's account any more; gone once its key is, ``look_at`` says when that is looked at next."""

    __tablename__ = "erased_person"

    person: Mapped[UUID] = mapped_column(primary_key=True)
    collectivity: Mapped[str]
    look_at: Mapped[datetime] = mapped_column(Instant, index=True)
