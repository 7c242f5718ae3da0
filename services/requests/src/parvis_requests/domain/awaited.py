# SPDX-License-Identifier: EUPL-1.2
"""Documents that are waited for until a day: when their author is reminded, and when agents learn that they lack."""

from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from parvis_requests.domain.calendar import Holidays, add_working_days, day_of, end_of, is_working_day

# Time enough to find a paper, or to ask an office for one.
_REMINDED_WORKING_DAYS: Final = 3
_MORNING: Final = time(9)


def reminded_at(asked_at: datetime, due_on: date, holidays: Holidays, clock: ZoneInfo) -> datetime | None:
    """In the town's morning of the third working day before the last one; None where that is not after the asking's."""
    day, left = due_on, _REMINDED_WORKING_DAYS
    while left:
        day -= timedelta(days=1)
        left -= is_working_day(day, holidays)
    return datetime.combine(day, _MORNING, clock) if day > day_of(asked_at) else None


def missed_at(due_on: date, holidays: Holidays, clock: ZoneInfo) -> datetime:
    """In the town's morning of the first working day after the last one, which has ended in Paris, too."""
    return max(datetime.combine(add_working_days(due_on, 1, holidays), _MORNING, clock), end_of(due_on))
