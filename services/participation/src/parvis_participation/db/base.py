# SPDX-License-Identifier: EUPL-1.2
"""The base of this service's tables."""

from sqlalchemy import DateTime

from parvis_kit.db.tables import Base as KitBase
from parvis_kit.db.tables import new_metadata

Instant = DateTime(timezone=True)


class Base(KitBase):
    """The base of this service's tables."""

    __abstract__ = True
    metadata = new_metadata()
