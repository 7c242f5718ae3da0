# SPDX-License-Identifier: EUPL-1.2
"""The table of what is to be counted anew."""

from uuid import UUID

from sqlalchemy import BigInteger, Identity
from sqlalchemy.orm import Mapped, mapped_column

from parvis_participation.db.base import Base


class Recount(Base):
    """That the supports or comments of a proposal, or the signatures of a petition, have changed; as often as they did.

    Written by triggers, in the transaction of the change; it stands until they are counted anew.
    """

    __tablename__ = "recount"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    collectivity: Mapped[str]
    kind: Mapped[str]
    subject_id: Mapped[UUID]
