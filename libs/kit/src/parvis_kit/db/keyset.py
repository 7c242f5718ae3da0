# SPDX-License-Identifier: EUPL-1.2
"""Pages by key (newest first), never by offset: a page costs the same wherever it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, literal, tuple_

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a list ordered by (created_at, id) descending; ``backward`` reads towards the newest."""

    created_at: datetime
    id: UUID
    backward: bool = False


@dataclass(frozen=True, slots=True)
class Slice(Generic[T]):
    """The rows of one page and the places before and after it, where there are any."""

    rows: Sequence[T]
    next: Position | None
    previous: Position | None


def at(statement: Select[Any], created_at: Any, id_: Any, position: Position | None, limit: int) -> Select[Any]:
    """The statement restricted to one page, with one row more to know whether another page follows."""
    key: ColumnElement[Any] = tuple_(created_at, id_)
    if position is None:
        return statement.order_by(created_at.desc(), id_.desc()).limit(limit + 1)
    place = tuple_(literal(position.created_at), literal(position.id))
    if position.backward:
        return statement.where(key > place).order_by(created_at.asc(), id_.asc()).limit(limit + 1)
    return statement.where(key < place).order_by(created_at.desc(), id_.desc()).limit(limit + 1)


def cut(rows: Sequence[Any], position: Position | None, limit: int) -> Slice[Any]:
    """The page out of the rows that :func:`at` found; rows carry ``created_at`` and ``id``."""
    more = len(rows) > limit
    kept = list(rows[:limit])
    backward = position is not None and position.backward
    if backward:
        kept.reverse()
    if not kept:
        return Slice((), None, None)
    first, last = kept[0], kept[-1]
    follows = more if not backward else True
    precedes = more if backward else position is not None
    return Slice(
        kept,
        Position(last.created_at, last.id) if follows else None,
        Position(first.created_at, first.id, backward=True) if precedes else None,
    )
