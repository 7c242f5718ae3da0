# SPDX-License-Identifier: EUPL-1.2
"""Pages by key (newest first, unless said otherwise), never by offset: a page costs the same wherever it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, literal, tuple_

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a list ordered by (created_at or another instant, id); ``backward`` reads towards its start."""

    created_at: datetime
    id: UUID
    backward: bool = False


@dataclass(frozen=True, slots=True)
class Slice(Generic[T]):
    """The rows of one page and the places before and after it, where there are any."""

    rows: Sequence[T]
    next: Position | None
    previous: Position | None


def at(
    statement: Select[Any], created_at: Any, id_: Any, position: Position | None, limit: int,
    *, newest_first: bool = True,
) -> Select[Any]:  # fmt: skip
    """The statement restricted to one page, with one row more to know whether another page follows."""
    key: ColumnElement[Any] = tuple_(created_at, id_)
    downwards = newest_first != (position is not None and position.backward)
    if position is not None:
        place = tuple_(literal(position.created_at), literal(position.id))
        statement = statement.where(key < place if downwards else key > place)
    order = (created_at.desc(), id_.desc()) if downwards else (created_at.asc(), id_.asc())
    return statement.order_by(*order).limit(limit + 1)


def cut(rows: Sequence[Any], position: Position | None, limit: int, *, key: str = "created_at") -> Slice[Any]:
    """The page out of the rows that :func:`at` found; rows carry ``id`` and the instant under the name ``key``."""
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
        Position(getattr(last, key), last.id) if follows else None,
        Position(getattr(first, key), first.id, backward=True) if precedes else None,
    )
