# SPDX-License-Identifier: EUPL-1.2
"""What the tables of this service are made of."""

from sqlalchemy import DateTime
from sqlalchemy.dialects.postgresql import ARRAY, TEXT

from parvis_kit.db import tables
from parvis_kit.db.tables import new_metadata

INSTANT = DateTime(timezone=True)
TEXTS = ARRAY(TEXT)


class Base(tables.Base):
    """Base of these tables."""

    __abstract__ = True
    metadata = new_metadata()
