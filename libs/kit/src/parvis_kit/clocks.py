# SPDX-License-Identifier: EUPL-1.2
"""The clocks by which towns live: the legal time of each (décret n° 2017-292), that of Paris where none is named."""

from collections.abc import Mapping
from typing import Final
from zoneinfo import ZoneInfo

PARIS: Final = ZoneInfo("Europe/Paris")
_of_towns: Final[dict[str, ZoneInfo]] = {}


def configure(time_zones: Mapping[str, str]) -> None:
    """Set the clocks of a process, as its settings say; raises ZoneInfoNotFoundError for an unknown time zone."""
    read = {town: ZoneInfo(name) for town, name in time_zones.items()}
    _of_towns.clear()
    _of_towns.update(read)


def clock_of(collectivity: str) -> ZoneInfo:
    """By whose clocks that town has its days and tells the time."""
    return _of_towns.get(collectivity, PARIS)


def clocks() -> Mapping[str, ZoneInfo]:
    """Of the towns that do not live by those of Paris."""
    return {town: clock for town, clock in _of_towns.items() if clock.key != PARIS.key}
