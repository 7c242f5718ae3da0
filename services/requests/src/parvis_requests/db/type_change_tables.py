# SPDX-License-Identifier: EUPL-1.2
"""The table of requests that became requests of another type."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from parvis_kit.db.tables import shreddable
from parvis_requests.db.base import Base


class TypeChange(Base):
    """What a request was until the act of that number, and the answers that its new form does not ask for.

    These are sealed with the key of its author; None where there are none.
    """

    __tablename__ = "type_change"
    __table_args__ = (Index("ix_type_change_type", "type_id"),)

    request_id: Mapped[UUID] = mapped_column(ForeignKey("request.id", ondelete="CASCADE"), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    collectivity: Mapped[str]
    type_id: Mapped[UUID] = mapped_column(ForeignKey("request_type.id"))
    type_version: Mapped[int]
    answers: Mapped[bytes | None] = shreddable(LargeBinary)
