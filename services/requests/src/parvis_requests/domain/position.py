# SPDX-License-Identifier: EUPL-1.2
"""Places: WGS 84 positions, as GeoJSON has them (RFC 7946: longitude first)."""

from dataclasses import dataclass


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
