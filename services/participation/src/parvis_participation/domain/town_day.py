# SPDX-License-Identifier: EUPL-1.2
"""Days as a town's clocks have them: with which instant one begins, and of which one an instant is."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo


def begin_of(day: date, clock: ZoneInfo) -> datetime:
    """The instant with which that day begins."""
    return datetime.combine(day, time(), clock).astimezone(UTC)


def day_of(instant: datetime, clock: ZoneInfo) -> date:
    """The day that instant is part of; of the hours in which UTC's calendar is at its end, the calendar's end."""
    try:
        return instant.astimezone(clock).date()
    except OverflowError:
        # Nobody's clocks go on before the first year, or after the last.
        return date.max if instant.year > 1 else date.min
