# SPDX-License-Identifier: EUPL-1.2
"""When to ask another service again for what a message needs, and the day that a message names."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

FIRST_RETRY_SECONDS: Final = 1.0
LONGEST_RETRY_SECONDS: Final = 300.0
# Legal periods are those of metropolitan clocks, as in the requests service, which counts their days by these: the day
# that a period ends with, that a request was received on and that a decision holds until are what it says they are,
# wherever the town is. All else is told by the town's own clocks (``TIME_ZONES``).
CLOCK: Final = ZoneInfo("Europe/Paris")


def retry_seconds(attempts: int, chance: float) -> float:
    """Seconds before the next attempt: doubling from one second to five minutes, of which three quarters by chance.

    There is no last attempt: while the other service is down, nothing is known that would make giving up right.

    Args:
        attempts: how many were made, 1 or more.
        chance: 0 to 1.
    """
    whole = min(FIRST_RETRY_SECONDS * 2.0 ** min(attempts - 1, 20), LONGEST_RETRY_SECONDS)
    return whole * (0.25 + 0.75 * chance)


def last_day(effective_at: datetime, clock: ZoneInfo = CLOCK) -> date:
    """The day with which a period ended, one of the law by default: one that ends at midnight ended the day before."""
    return day_of(effective_at - timedelta(microseconds=1), clock)


def day_of(instant: datetime, clock: ZoneInfo = CLOCK) -> date:
    """The day of an instant, that of the law by default."""
    return instant.astimezone(clock).date()


def end_of(day: date) -> datetime:
    """The instant with which that day ends before the law."""
    return datetime.combine(day + timedelta(days=1), time(), CLOCK).astimezone(UTC)
