# SPDX-License-Identifier: EUPL-1.2
"""French calendars: holidays, working days, and where a day ends in Europe/Paris.

Holidays are those of article L3133-1 of the code du travail; in Alsace and Moselle, Good Friday and 26 December too
(article L3134-13). A working day (*jour ouvré*) is a day from Monday to Friday that is no holiday.
"""

import calendar as gregorian
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

PARIS: Final = ZoneInfo("Europe/Paris")
_SATURDAY: Final = 5
_FIXED: Final = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
# Days from Easter Sunday to Easter Monday, Ascension Day and Whit Monday.
_AFTER_EASTER: Final = (1, 39, 50)


class Holidays(StrEnum):
    """Which holidays a collectivity keeps."""

    FRANCE = "france"
    ALSACE_MOSELLE = "alsace-moselle"


@dataclass(frozen=True, slots=True)
class Delay:
    """A number of days, 1 or more, of which all count or the working days alone."""

    days: int
    working: bool = False

    def after(self, start: datetime, holidays: Holidays) -> datetime:
        """The end of its last day; the day of the start does not count."""
        day = day_of(start)
        last = add_working_days(day, self.days, holidays) if self.working else day + timedelta(days=self.days)
        return end_of(last)


def easter(year: int) -> date:
    """Easter Sunday of a Gregorian year (the computus of Meeus, Jones and Butcher)."""
    golden = year % 19
    century, in_century = divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_centuries - correction + 15) % 30
    leap_years, year_rest = divmod(in_century, 4)
    to_sunday = (32 + 2 * century_rest + 2 * leap_years - epact - year_rest) % 7
    late = (golden + 11 * epact + 22 * to_sunday) // 451
    month, day = divmod(epact + to_sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=256)
def holidays_of(year: int, holidays: Holidays) -> frozenset[date]:
    """All holidays of a year."""
    sunday = easter(year)
    days = {date(year, month, day) for month, day in _FIXED}
    days |= {sunday + timedelta(days=offset) for offset in _AFTER_EASTER}
    if holidays is Holidays.ALSACE_MOSELLE:
        days |= {sunday - timedelta(days=2), date(year, 12, 26)}
    return frozenset(days)


def is_working_day(day: date, holidays: Holidays) -> bool:
    """True from Monday to Friday, holidays excepted."""
    return day.weekday() < _SATURDAY and day not in holidays_of(day.year, holidays)


def add_working_days(day: date, number: int, holidays: Holidays) -> date:
    """The day that comes that number (1 or more) of working days later; the first day does not count."""
    while number > 0:
        day += timedelta(days=1)
        number -= is_working_day(day, holidays)
    return day


def add_months(day: date, months: int) -> date:
    """The day with the same number that many months later, else that month's last day.

    As article 641 of the code de procédure civile counts periods in months.
    """
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, gregorian.monthrange(year, month)[1]))


def day_of(at: datetime) -> date:
    """The calendar day in Europe/Paris at that instant."""
    return at.astimezone(PARIS).date()


def end_of(day: date) -> datetime:
    """The instant at which that day ends in Europe/Paris, in UTC: 24:00, which is 00:00 of the next."""
    return datetime.combine(day + timedelta(days=1), time(), PARIS).astimezone(UTC)
