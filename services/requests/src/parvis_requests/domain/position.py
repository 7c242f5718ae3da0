# SPDX-License-Identifier: EUPL-1.2
"""Places: WGS 84 positions, as GeoJSON has them (RFC 7946: longitude first)."""

import math
from dataclasses import dataclass
from typing import Final, Self

# Of a grid that finds what is nearby: so many cells a degree, 220 m from south to north.
CELLS: Final = 500
METRES_A_DEGREE: Final = 111_320
_DEGREES: Final = r"-?[0-9]{1,3}(\.[0-9]{1,12})?"
# How parameters write a box: west, south, east, north, as RFC 7946 section 5 orders them.
BOUNDS: Final = f"^{_DEGREES}(,{_DEGREES}){{3}}$"


@dataclass(frozen=True, slots=True)
class Position:
    """A point; longitude -180 to 180, latitude -90 to 90, in degrees."""

    longitude: float
    latitude: float


def from_degrees(degrees: float, minutes: float, seconds: float, *, sign: int, most: int) -> float:
    """Decimal degrees, rounded to some 10 cm; raises ValueError past ``most`` or for a part that is negative."""
    value = degrees + minutes / 60 + seconds / 3_600
    if min(degrees, minutes, seconds) < 0 or value > most:
        raise ValueError("no such angle")
    return round(sign * value, 6)


@dataclass(frozen=True, slots=True)
class AreaRef:
    """An area that holds a position, and the larger area that holds it in turn."""

    code: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class Box:
    """The cells of the grid that a circle touches: each of ``rows``, from ``west`` to ``east``."""

    rows: range
    west: int
    east: int

    @property
    def number(self) -> int:
        """How many cells it has."""
        return len(self.rows) * (self.east - self.west + 1)

    @classmethod
    def around(cls, place: Position, radius: float) -> Self:
        """The cells within ``radius`` metres; near the poles as wide as the earth."""
        high = radius / METRES_A_DEGREE
        wide = min(high / max(math.cos(math.radians(place.latitude)), 1e-6), 360.0)
        rows = range(_cell(place.latitude - high), _cell(place.latitude + high) + 1)
        return cls(rows, _cell(place.longitude - wide), _cell(place.longitude + wide))


@dataclass(frozen=True, slots=True)
class Bounds:
    """A box of the map, in degrees; it does not cross the antimeridian."""

    west: float
    south: float
    east: float
    north: float

    @property
    def side(self) -> float:
        """Its longer side."""
        return max(self.east - self.west, self.north - self.south)

    def cells(self, slack: float) -> Box:
        """The cells that it touches, made wider by ``slack`` degrees on each side."""
        rows = range(_cell(self.south - slack), _cell(self.north + slack) + 1)
        return Box(rows, _cell(self.west - slack), _cell(self.east + slack))


def bounds_of(written: str) -> Bounds | None:
    """The box that is written as :data:`BOUNDS` says; None where it has no inside or leaves the world."""
    west, south, east, north = map(float, written.split(","))
    inside = -180 <= west < east <= 180 and -90 <= south < north <= 90  # noqa: PLR2004 - degrees
    return Bounds(west, south, east, north) if inside else None


def _cell(degrees: float) -> int:
    return math.floor(degrees * CELLS)
