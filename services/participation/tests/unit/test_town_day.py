# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from parvis_participation.domain.town_day import begin_of, day_of

TOWNS = ("Europe/Paris", "Indian/Reunion", "America/Martinique", "Pacific/Tahiti", "Pacific/Noumea", "America/Miquelon")


@pytest.mark.parametrize("name", TOWNS)
@pytest.mark.parametrize("day", [date(2027, 1, 1), date(2026, 3, 29), date(2026, 10, 25), date(2026, 11, 1)])
def test_a_day_begins_with_its_first_instant_and_no_sooner(name: str, day: date) -> None:
    clock = ZoneInfo(name)
    begins = begin_of(day, clock)
    assert day_of(begins, clock) == day
    assert day_of(begins - timedelta(microseconds=1), clock) == day - timedelta(days=1)


def test_days_in_which_clocks_change_are_shorter_or_longer() -> None:
    paris = ZoneInfo("Europe/Paris")
    lengths = [begin_of(date(2026, month, day + 1), paris) - begin_of(date(2026, month, day), paris)
               for month, day in ((3, 29), (10, 25))]  # fmt: skip
    assert lengths == [timedelta(hours=23), timedelta(hours=25)]


def test_the_calendar_ends_somewhere() -> None:
    assert day_of(datetime.max.replace(tzinfo=UTC), ZoneInfo("Pacific/Noumea")) == date.max
    assert day_of(datetime.min.replace(tzinfo=UTC), ZoneInfo("Pacific/Tahiti")) == date.min
