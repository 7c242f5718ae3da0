# SPDX-License-Identifier: EUPL-1.2
"""Is the outline of an area one that says for each place whether it lies inside?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shapely import GEOSException, LinearRing, is_valid_reason
from shapely.geometry import MultiPolygon, Polygon, shape
from shapely.geometry.base import BaseGeometry

from parvis_requests.domain.errors import Path

_KINDS: Final = frozenset({"Polygon", "MultiPolygon"})
_WORLD: Final = (-180.0, -90.0, 180.0, 90.0)


@dataclass(frozen=True, slots=True)
class GeometryFault:
    """What is wrong with an outline: a stable code, where in the geometry it stands, and what a reader is told.

    The codes: ``not-an-area``, ``no-geometry``, ``empty-area``, ``outside-the-world``, ``open-ring``,
    ``crosses-itself``.
    """

    code: str
    path: Path
    said: str


def geometry_fault(geometry: Mapping[str, Any] | None) -> GeometryFault | None:
    """What is wrong with a GeoJSON geometry (RFC 7946) as an area, or None.

    A ring that crosses itself has no inside: which ring does, and where, is named. Positions are WGS 84, longitude
    first.
    """
    if not geometry or geometry.get("type") not in _KINDS:
        return GeometryFault("not-an-area", (), "an area is a Polygon or a MultiPolygon")
    try:
        outline = shape(geometry)
    except (GEOSException, ValueError, TypeError, IndexError, KeyError):
        return GeometryFault("no-geometry", (), "no such geometry")
    return _outline_fault(outline, geometry["coordinates"])


def _outline_fault(outline: BaseGeometry, coordinates: Sequence[Any]) -> GeometryFault | None:
    if outline.is_empty:
        return GeometryFault("empty-area", (), "an area that is empty")
    west, south, east, north = outline.bounds
    # A number that is none compares as false with any bound.
    if not (west >= _WORLD[0] and south >= _WORLD[1] and east <= _WORLD[2] and north <= _WORLD[3]):
        return GeometryFault("outside-the-world", (), "a position is outside of the world: longitude comes first")
    for path in _open_rings(coordinates, ()):
        return GeometryFault("open-ring", ("coordinates", *path), "a ring that does not end where it begins")
    if outline.is_valid:
        return None
    return GeometryFault("crosses-itself", ("coordinates", *_crossing(outline)), str(is_valid_reason(outline)))


def _open_rings(rings: Sequence[Any], inside: Path) -> Iterator[Path]:
    # RFC 7946 section 3.1.6: the first and the last position are the same. Shapely closes what is open.
    for place, ring in enumerate(rings):
        if isinstance(ring[0][0], (list, tuple)):
            yield from _open_rings(ring, (*inside, place))
        elif list(ring[0]) != list(ring[-1]):
            yield (*inside, place)


def _crossing(outline: BaseGeometry) -> Path:
    # The ring that crosses itself, else the polygon whose rings cross one another, else the polygons among themselves.
    for path, polygon in _polygons(outline):
        for index, ring in enumerate((polygon.exterior, *polygon.interiors)):
            if not LinearRing(ring.coords).is_simple:
                return (*path, index)
        if not polygon.is_valid:
            return path
    return ()


def _polygons(outline: BaseGeometry) -> Iterator[tuple[Path, Polygon]]:
    if isinstance(outline, MultiPolygon):
        yield from (((place,), polygon) for place, polygon in enumerate(outline.geoms))
    elif isinstance(outline, Polygon):
        yield (), outline
