# SPDX-License-Identifier: EUPL-1.2
"""Places: WGS 84 positions, as GeoJSON has them (RFC 7946: longitude first)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Position:
    """A point; longitude -180 to 180, latitude -90 to 90, in degrees."""

    longitude: float
    latitude: float


@dataclass(frozen=True, slots=True)
class AreaRef:
    """An area that holds a position, and the larger area that holds it in turn."""

    code: str
    parent: str | None
