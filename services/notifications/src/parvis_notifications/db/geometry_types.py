# SPDX-License-Identifier: EUPL-1.2
"""PostgreSQL's own geometric types as columns: what the driver gives and takes, and GiST indexes find."""

from collections.abc import Callable
from typing import Any

import asyncpg
from sqlalchemy import Dialect
from sqlalchemy.types import UserDefinedType

from parvis_notifications.domain.geometry import Position, Ring


class PointType(UserDefinedType[Position]):
    """``point``: longitude, latitude."""

    cache_ok = True

    def get_col_spec(self, **_options: Any) -> str:
        """The type's name."""
        return "point"

    def bind_processor(self, dialect: Dialect) -> Callable[[Position | None], Any]:  # noqa: ARG002
        """To the driver's."""
        return lambda value: None if value is None else asyncpg.Point(*value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Position | None]:  # noqa: ARG002
        """From the driver's."""
        return lambda value: None if value is None else (value.x, value.y)


class PolygonType(UserDefinedType[Ring]):
    """``polygon``: without the repetition of its first position, which PostgreSQL's have not."""

    cache_ok = True

    def get_col_spec(self, **_options: Any) -> str:
        """The type's name."""
        return "polygon"

    def bind_processor(self, dialect: Dialect) -> Callable[[Ring | None], Any]:  # noqa: ARG002
        """To the driver's."""
        return lambda value: None if value is None else polygon(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Ring | None]:  # noqa: ARG002
        """From the driver's."""
        return lambda value: None if value is None else ring(value)


def polygon(closed: Ring) -> asyncpg.Polygon:
    """A closed ring as the driver takes it."""
    return asyncpg.Polygon(*closed[:-1])


def ring(found: asyncpg.Polygon) -> Ring:
    """A closed ring of what the driver gave."""
    points = tuple((point.x, point.y) for point in found)
    return (*points, points[0])
