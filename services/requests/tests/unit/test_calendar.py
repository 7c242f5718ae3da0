# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis_requests.domain.calendar import (
    Delay,
    Holidays,
    add_months,
    add_working_days,
    day_of,
    easter,
    end_of,
    holidays_of,
    is_working_day,
)

DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
REGIONS = st.sampled_from(Holidays)


@pytest.mark.parametrize(
    ("year", "month", "day"),
    [
        (1961, 4, 2),
        (2000, 4, 23),
        (2008, 3, 23),
        (2024, 3, 31),
        (2025, 4, 20),
        (2026, 4, 5),
        (2027, 3, 28),
        (2038, 4, 25),
    ],
)
def test_easter_is_when_it_was_and_will_be(year: int, month: int, day: int) -> None:
    assert easter(year) == date(year, month, day)


@given(st.integers(1900, 2299))
def test_easter_is_a_sunday_between_22_march_and_25_april(year: int) -> None:
    assert easter(year).weekday() == 6
    assert date(year, 3, 22) <= easter(year) <= date(year, 4, 25)


def test_france_has_eleven_holidays_and_alsace_moselle_two_more() -> None:
    france = holidays_of(2026, Holidays.FRANCE)
    assert sorted(france) == [
        date(2026, 1, 1), date(2026, 4, 6), date(2026, 5, 1), date(2026, 5, 8), date(2026, 5, 14), date(2026, 5, 25),
        date(2026, 7, 14), date(2026, 8, 15), date(2026, 11, 1), date(2026, 11, 11), date(2026, 12, 25),
    ]  # fmt: skip
    assert holidays_of(2026, Holidays.ALSACE_MOSELLE) - france == {date(2026, 4, 3), date(2026, 12, 26)}


def test_working_days_step_over_weekends_and_holidays() -> None:
    # Thursday 30 April 2026: Friday is 1 May, then a weekend.
    assert add_working_days(date(2026, 4, 30), 1, Holidays.FRANCE) == date(2026, 5, 4)
    assert add_working_days(date(2026, 4, 2), 1, Holidays.FRANCE) == date(2026, 4, 3)
    assert add_working_days(date(2026, 4, 2), 1, Holidays.ALSACE_MOSELLE) == date(2026, 4, 7)


@given(DAYS, st.integers(1, 60), REGIONS)
def test_as_many_working_days_as_asked_lie_between(start: date, number: int, region: Holidays) -> None:
    end = add_working_days(start, number, region)
    between = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    assert sum(is_working_day(day, region) for day in between) == number
    assert is_working_day(end, region)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 1, 10), 2, date(2026, 3, 10)),
        (date(2025, 12, 31), 2, date(2026, 2, 28)),
        (date(2023, 12, 31), 2, date(2024, 2, 29)),
        (date(2026, 11, 25), 14, date(2028, 1, 25)),
    ],
)
def test_months_end_on_the_same_number_or_on_the_last_day(start: date, months: int, end: date) -> None:
    assert add_months(start, months) == end


@given(DAYS)
def test_a_day_ends_when_the_next_begins_in_paris_even_when_the_clocks_change(day: date) -> None:
    end = end_of(day)
    assert day_of(end - timedelta(microseconds=1)) == day
    assert day_of(end) == day + timedelta(days=1)
    assert end - end_of(day - timedelta(days=1)) in {timedelta(hours=hours) for hours in (23, 24, 25)}


def test_the_days_when_the_clocks_change_have_23_and_25_hours() -> None:
    assert end_of(date(2026, 3, 29)) - end_of(date(2026, 3, 28)) == timedelta(hours=23)
    assert end_of(date(2026, 10, 25)) - end_of(date(2026, 10, 24)) == timedelta(hours=25)


def test_a_delay_counts_from_the_day_after_in_paris() -> None:
    late_evening = datetime(2026, 1, 9, 23, 30, tzinfo=UTC)  # already Saturday the 10th in Paris
    assert Delay(1).after(late_evening, Holidays.FRANCE) == datetime(2026, 1, 11, 23, tzinfo=UTC)
    assert Delay(1, working=True).after(late_evening, Holidays.FRANCE) == datetime(2026, 1, 12, 23, tzinfo=UTC)
