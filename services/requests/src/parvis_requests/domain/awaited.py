# SPDX-License-Identifier: EUPL-1.2
"""Documents that are waited for until a day: when their author is reminded, and when agents learn that they lack."""

from datetime import date, datetime, time, timedelta
from typing import Final

from parvis_requests.domain.calendar import PARIS, Holidays, add_working_days, day_of, is_working_day

# Time enough to find a paper, or to ask an office for one.
_REMINDED_WORKING_DAYS: Final = 3
_MORNING: Final = time(9)


def reminded_at(asked_at: datetime, due_on: date, holidays: Holidays) -> datetime | None:
    """In the morning of the third working day before the last one; None where that is not after the day of asking."""
    day, left = due_on, _REMINDED_WORKING_DAYS
    while left:
        day -= timedelta(days=1)
        left -= is_working_day(day, holidays)
    return datetime.combine(day, _MORNING, PARIS) if day > day_of(asked_at) else None


def missed_at(due_on: date, holidays: Holidays) -> datetime:
    """In the morning of the first working day after the last one."""
    return datetime.combine(add_working_days(due_on, 1, holidays), _MORNING, PARIS)
