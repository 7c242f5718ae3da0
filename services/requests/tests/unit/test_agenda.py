# SPDX-License-Identifier: EUPL-1.2
"""Slots, whatever the hours: they lie in them, keep their distance, and follow the clock over its changes."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis_requests.domain.agenda import Hours, Opening, Rhythm, Span, Weekday, free_slots, is_slot, slots_on
from parvis_requests.domain.calendar import PARIS, Holidays, day_of, holidays_of

RHYTHM = Rhythm(timedelta(minutes=20), timedelta(minutes=10), timedelta(0), timedelta(days=60))
MORNINGS = [Hours(day, time(9), time(12)) for day in Weekday]


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).astimezone(UTC)


def clock(slots: list[Span]) -> list[str]:
    return [f"{slot.start.astimezone(PARIS):%H:%M}" for slot in slots]


clocks = st.integers(0, 24 * 12 - 1).map(lambda n: time(n // 12, n % 12 * 5))
hours = st.builds(lambda day, a, b: Hours(day, min(a, b), max(a, b)), st.sampled_from(Weekday), clocks, clocks)
days = st.dates(date(2024, 1, 1), date(2030, 12, 31))
minutes = st.integers(0, 60 * 24 * 3)


@st.composite
def spans(draw: st.DrawFn, near: date) -> Span:
    start = datetime.combine(near, time(), PARIS).astimezone(UTC) + timedelta(minutes=draw(minutes) - 60 * 24)
    return Span(start, start + timedelta(minutes=draw(st.integers(1, 600))))


@st.composite
def cases(draw: st.DrawFn) -> tuple[date, Opening, Rhythm]:
    day = draw(days)
    # The nights in which the clock changes are drawn as often as all others together.
    year = day.year
    changes = [
        max(date(year, month, d) for d in range(25, 32) if date(year, month, d).weekday() == 6) for month in (3, 10)
    ]
    day = draw(st.sampled_from([day, *changes]))
    opening = Opening(
        draw(st.lists(hours, max_size=8)),
        draw(st.sampled_from([None, *Holidays])),
        extra=[s for s in draw(st.lists(spans(day), max_size=3)) if day_of(s.start) == day_of(s.end)],
        closed=draw(st.lists(spans(day), max_size=3)),
    )
    minute = timedelta(minutes=1)
    duration, buffer = draw(st.integers(5, 240)), draw(st.integers(0, 60))
    return day, opening, Rhythm(duration * minute, buffer * minute, timedelta(0), timedelta(days=60))


@given(cases())
def test_slots_lie_in_the_hours_and_keep_their_distance(case: tuple[date, Opening, Rhythm]) -> None:
    day, opening, rhythm = case
    slots = list(slots_on(opening, rhythm, day))
    for slot in slots:
        assert opening.holds(slot)
        assert is_slot(opening, rhythm, slot.start)
        assert day_of(slot.start) == day
        assert slot.end - slot.start == rhythm.duration
    for before, after in pairwise(sorted(slots)):
        assert before.end <= after.start
    if opening.holidays and day in holidays_of(day.year, opening.holidays):
        assert all(any(extra.overlaps(slot) for extra in opening.extra) for slot in slots)


@given(cases(), st.data())
def test_what_is_free_is_what_nothing_keeps_busy(case: tuple[date, Opening, Rhythm], data: st.DataObject) -> None:
    day, opening, rhythm = case
    within = Span(local(f"{day}T00:00") - timedelta(days=1), local(f"{day}T00:00") + timedelta(days=2))
    busy: list[Span] = []
    for drawn in data.draw(st.lists(spans(day), max_size=5)):
        if not any(drawn.overlaps(each) for each in busy):
            busy.append(drawn)
    free = list(free_slots(opening, rhythm, busy, within))
    every = [slot for offset in range(-1, 3) for slot in slots_on(opening, rhythm, day + timedelta(days=offset))]
    expected = [
        slot
        for slot in every
        if within.start <= slot.start < within.end and not any(rhythm.taken(slot.start).overlaps(each) for each in busy)
    ]
    assert free == expected


@pytest.mark.parametrize("day", ["2026-03-27", "2026-03-30", "2026-10-23", "2026-10-26"])
def test_the_clock_on_the_wall_is_what_counts_in_summer_and_in_winter(day: str) -> None:
    slots = list(slots_on(Opening(MORNINGS), RHYTHM, date.fromisoformat(day)))
    assert clock(slots) == ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30"]


@pytest.mark.parametrize(("day", "hours_long"), [("2026-03-29", 2), ("2026-10-25", 4), ("2026-11-01", 3)])
def test_a_night_holds_as_many_slots_as_it_really_has_time_for(day: str, hours_long: int) -> None:
    # Open from 1 to 4 on the clock, which skips an hour in March and shows one twice in October.
    opening = Opening([Hours(Weekday.SUNDAY, time(1), time(4))])
    slots = list(slots_on(opening, RHYTHM, date.fromisoformat(day)))
    assert len(slots) == hours_long * 2
    assert all(later.start - earlier.start == timedelta(minutes=30) for earlier, later in pairwise(slots))


def test_holidays_close_the_weekly_hours_and_those_of_alsace_and_moselle_only_there() -> None:
    saint_stephen = date(2026, 12, 26)
    assert list(slots_on(Opening(MORNINGS, Holidays.ALSACE_MOSELLE), RHYTHM, saint_stephen)) == []
    assert len(list(slots_on(Opening(MORNINGS, Holidays.FRANCE), RHYTHM, saint_stephen))) == 6
    christmas = date(2026, 12, 25)
    assert list(slots_on(Opening(MORNINGS, Holidays.FRANCE), RHYTHM, christmas)) == []
    assert len(list(slots_on(Opening(MORNINGS), RHYTHM, christmas))) == 6
    extra = Opening(MORNINGS, Holidays.FRANCE, extra=[Span(local("2026-12-25T14:00"), local("2026-12-25T15:00"))])
    assert clock(list(slots_on(extra, RHYTHM, christmas))) == ["14:00", "14:30"]


def test_a_closure_takes_what_it_touches_and_moves_nothing() -> None:
    shut = Span(local("2026-11-30T10:10"), local("2026-11-30T10:35"))
    slots = list(slots_on(Opening(MORNINGS, closed=[shut]), RHYTHM, date(2026, 11, 30)))
    assert clock(slots) == ["09:00", "09:30", "11:00", "11:30"]


def test_what_touches_counts_as_one_opening() -> None:
    split = [Hours(Weekday.MONDAY, time(9), time(9, 45)), Hours(Weekday.MONDAY, time(9, 45), time(10, 20))]
    assert clock(list(slots_on(Opening(split), RHYTHM, date(2026, 11, 30)))) == ["09:00", "09:30", "10:00"]


@pytest.mark.parametrize(
    ("town", "begins"),
    [
        ("Europe/Paris", "2026-12-31T08:00+00:00"),
        ("Indian/Reunion", "2026-12-31T05:00+00:00"),
        ("America/Martinique", "2026-12-31T13:00+00:00"),
        ("Pacific/Tahiti", "2026-12-31T19:00+00:00"),
        ("Pacific/Noumea", "2026-12-30T22:00+00:00"),
    ],
)
def test_a_town_opens_at_nine_by_its_own_clocks(town: str, begins: str) -> None:
    thursdays = Opening([Hours(Weekday.THURSDAY, time(9), time(10))], clock=ZoneInfo(town))
    start = datetime.fromisoformat(begins)
    within = Span(start - timedelta(days=1), start + timedelta(days=1))
    assert [slot.start for slot in free_slots(thursdays, RHYTHM, [], within)] == [start, start + timedelta(minutes=30)]
    assert is_slot(thursdays, RHYTHM, start)
    assert thursdays.holds(Span(start, start + timedelta(hours=1)))
    assert not thursdays.holds(Span(start, start + timedelta(hours=1, minutes=1)))
