# SPDX-License-Identifier: EUPL-1.2
"""A town whose day is another one than that of Paris, whatever the hour."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from parvis_kit import clocks
from parvis_participation.domain.town_day import day_of


@contextmanager
def on_another_day(town: str = "paris") -> Iterator[ZoneInfo]:
    """Have that town live by the clocks of a place where it is another day by now, and for an hour at least."""
    now = datetime.now(UTC)
    # Fourteen hours ahead of UTC and twelve behind it: in one of the two it is another day, and stays so for long.
    east, west = ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Etc/GMT+12")
    clock = west if now.astimezone(clocks.PARIS).hour < 12 else east
    assert day_of(now, clock) != day_of(now, clocks.PARIS)
    clocks.configure({town: clock.key})
    try:
        yield clock
    finally:
        clocks.configure({})
