# SPDX-License-Identifier: EUPL-1.2
"""Outlines as callers draw them: checked, so that each says of every place whether it lies inside."""

from collections.abc import Sequence

from shapely.geometry import Polygon

from parvis_notifications.domain.errors import NoAreaError
from parvis_notifications.domain.geometry import Ring, ring_fault

_LONGITUDES = 180.0
_LATITUDES = 90.0


def checked_ring(positions: Sequence[Sequence[float]]) -> Ring:
    """The ring of a GeoJSON polygon, WGS 84, longitude first; raises NoAreaError."""
    fault = ring_fault(positions)
    if fault is not None:
        raise NoAreaError(fault)
    if any(abs(each[0]) > _LONGITUDES or abs(each[1]) > _LATITUDES for each in positions):
        raise NoAreaError("outside-the-world")
    if not Polygon(positions).is_valid:
        raise NoAreaError("crosses-itself")
    return tuple((float(each[0]), float(each[1])) for each in positions)
