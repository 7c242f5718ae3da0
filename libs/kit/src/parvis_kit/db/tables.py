# SPDX-License-Identifier: EUPL-1.2
"""The declarative base of every service's tables, and the two classes of personal columns."""

from typing import Any, Final

from sqlalchemy import Column, MetaData
from sqlalchemy.orm import DeclarativeBase, mapped_column

_NAMES: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
PERSONAL: Final = "personal"
SHREDDABLE: Final = "shreddable"
SEARCHABLE: Final = "searchable"


class Base(DeclarativeBase):
    """Each service derives its own base from this one, so that no two services share a MetaData."""

    __abstract__ = True


def new_metadata() -> MetaData:
    """MetaData with the naming convention of constraints."""
    return MetaData(naming_convention=_NAMES)


def shreddable(*args: Any, **options: Any) -> Any:
    """A column sealed with its person's key (type LargeBinary): names, contact points, private messages."""
    return mapped_column(*args, info={PERSONAL: SHREDDABLE}, **options)


def searchable(*args: Any, **options: Any) -> Any:
    """A personal column kept readable because agents must search or target by it; it has retention and erasure."""
    return mapped_column(*args, info={PERSONAL: SEARCHABLE}, **options)


def personal_class(column: Column[Any]) -> str | None:
    """``shreddable``, ``searchable``, a class of the service's own, or None."""
    value: str | None = column.info.get(PERSONAL)
    return value
