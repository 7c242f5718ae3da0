# SPDX-License-Identifier: EUPL-1.2
"""The base of this service's tables."""

from typing import Any

from sqlalchemy import DateTime
from sqlalchemy.orm import mapped_column

from parvis_kit.db.tables import PERSONAL, new_metadata
from parvis_kit.db.tables import Base as KitBase

Instant = DateTime(timezone=True)


class Base(KitBase):
    """The base of this service's tables."""

    __abstract__ = True
    metadata = new_metadata()


def published(*args: Any, **options: Any) -> Any:
    """A personal column that the town shows everybody, such as an official's telephone at work; agents change it."""
    return mapped_column(*args, info={PERSONAL: "published"}, **options)
