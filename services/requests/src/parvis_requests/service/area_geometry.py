# SPDX-License-Identifier: EUPL-1.2
"""Is the outline of an area one that says for each place whether it lies inside?"""

from collections.abc import Mapping
from typing import Any, Final

from shapely import GEOSException, is_valid_reason
from shapely.geometry import shape

_KINDS: Final = frozenset({"Polygon", "MultiPolygon"})
_WORLD: Final = (-180.0, -90.0, 180.0, 90.0)


def geometry_fault(geometry: Mapping[str, Any] | None) -> str | None:
    """What is wrong with a GeoJSON geometry (RFC 7946) as an area, or None.

    A ring that crosses itself has no inside: where it does is named. Positions are WGS 84, longitude first.
    """
    if not geometry or geometry.get("type") not in _KINDS:
        return "an area is a Polygon or a MultiPolygon"
    try:
        outline = shape(geometry)
    except (GEOSException, ValueError, TypeError, IndexError, KeyError):
        return "no such geometry"
    if outline.is_empty:
        return "an area that is empty"
    west, south, east, north = outline.bounds
    # A number that is none compares as false with any bound.
    if not (west >= _WORLD[0] and south >= _WORLD[1] and east <= _WORLD[2] and north <= _WORLD[3]):
        return "a position is outside of the world: longitude comes first"
    return None if outline.is_valid else str(is_valid_reason(outline))
