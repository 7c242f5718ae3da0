# SPDX-License-Identifier: EUPL-1.2
"""When to ask another service again for what a message needs, and the day that a message names."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

FIRST_RETRY_SECONDS: Final = 1.0
LONGEST_RETRY_SECONDS: Final = 300.0
# Legal periods are those of metropolitan clocks, as in the requests service.
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


def last_day(effective_at: datetime) -> date:
    """The day with which a period ended: one that ends at midnight ended with the day before."""
    return day_of(effective_at - timedelta(microseconds=1))


def day_of(instant: datetime) -> date:
    """The day of an instant in France."""
    return instant.astimezone(CLOCK).date()


def end_of(day: date) -> datetime:
    """The instant with which that day ends in France."""
    return datetime.combine(day + timedelta(days=1), time(), CLOCK).astimezone(UTC)
