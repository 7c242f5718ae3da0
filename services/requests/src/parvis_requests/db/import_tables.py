# SPDX-License-Identifier: EUPL-1.2
"""The table of what came from another system."""

from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from parvis_requests.db.base import Base


class ImportedRequest(Base):
    """Under which name a request was kept by the system that it comes from: no second run brings it again."""

    __tablename__ = "imported_request"

    collectivity: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    foreign_id: Mapped[str] = mapped_column(primary_key=True)
    request_id: Mapped[UUID] = mapped_column(ForeignKey("request.id", ondelete="CASCADE"), index=True)
