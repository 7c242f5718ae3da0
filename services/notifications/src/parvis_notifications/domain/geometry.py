# SPDX-License-Identifier: EUPL-1.2
"""Places and areas on the map: WGS 84, longitude first as in GeoJSON (RFC 7946); a ring ends where it begins."""

from collections.abc import Sequence
from math import cos, pi, radians, sin
from typing import Final

Position = tuple[float, float]
Ring = tuple[Position, ...]
LONGEST_RADIUS: Final = 50_000
MOST_POSITIONS: Final = 1_000
LEAST_POSITIONS: Final = 4
_METRES_A_DEGREE: Final = 111_320.0
_CORNERS: Final = 24


def circle(centre: Position, radius: float) -> Ring:
    """The ring of 24 corners around a place, ``radius`` metres from it (1 to 50,000); exact enough to target by.

    Away from the poles: a degree of longitude is reckoned as long as it is at the centre.
    """
    longitude, latitude = centre
    high = radius / _METRES_A_DEGREE
    wide = high / max(cos(radians(latitude)), 0.01)
    turns = [2 * pi * corner / _CORNERS for corner in range(_CORNERS)]
    ring = [(round(longitude + wide * cos(turn), 6), round(latitude + high * sin(turn), 6)) for turn in turns]
    return (*ring, ring[0])


def ring_fault(ring: Sequence[Sequence[float]]) -> str | None:
    """What is wrong with a ring before its shape is looked at, as a stable code; None where nothing is.

    ``too-short`` (RFC 7946 section 3.1.6 and CAP 1.2 section 1.3 want four positions), ``open-ring``.
    """
    if len(ring) < LEAST_POSITIONS:
        return "too-short"
    return None if tuple(ring[0]) == tuple(ring[-1]) else "open-ring"
