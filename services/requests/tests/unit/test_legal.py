# SPDX-License-Identifier: EUPL-1.2
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from parvis_requests.domain.calendar import PARIS, add_months, day_of
from parvis_requests.domain.legal import Clock, Regime, Resumption, Silence

MONTHS = Regime(Silence.ACCEPTED, 2, 0, "grant", frozenset({"incomplete"}), Resumption.RESET)
DAYS = Regime(Silence.REJECTED, 0, 60, "refuse", frozenset({"incomplete"}), Resumption.CONTINUE)
LIMITED = replace(DAYS, pause_days=30)
STARTS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("received", "last"),
    [
        (datetime(2026, 1, 10, 9, tzinfo=UTC), date(2026, 3, 10)),
        (datetime(2025, 12, 31, 9, tzinfo=UTC), date(2026, 2, 28)),
        # 23:30 in London is already the next day, and the next month, in Paris.
        (datetime(2026, 4, 30, 22, 30, tzinfo=UTC), date(2026, 7, 1)),
        # It ends on a holiday as on any other day.
        (datetime(2026, 3, 1, 12, tzinfo=UTC), date(2026, 5, 1)),
    ],
)
def test_two_months_count_from_day_to_day_in_paris(received: datetime, last: date) -> None:
    with time_machine.travel(received, tick=False):
        clock = Clock(day_of(datetime.now(UTC)))
    assert clock.last_day(MONTHS) == last


@given(STARTS, st.sampled_from([MONTHS, DAYS, LIMITED]))
def test_silence_decides_at_midnight_in_paris_summer_and_winter(start: date, regime: Regime) -> None:
    end = Clock(start).end(regime)
    assert end is not None
    local = end.astimezone(PARIS)
    assert local.time() == time()
    assert local.date() - timedelta(days=1) == Clock(start).last_day(regime)


@st.composite
def pauses(draw: st.DrawFn) -> tuple[date, list[tuple[date, date]]]:
    """A day of receipt, and pauses that begin and end one after the other while the period runs."""
    start = day = draw(STARTS)
    found = []
    for _ in range(draw(st.integers(0, 4))):
        begin = day + timedelta(days=draw(st.integers(0, 10)))
        day = begin + timedelta(days=draw(st.integers(0, 50)))
        found.append((begin, day))
    return start, found


def run(start: date, waits: list[tuple[date, date]], regime: Regime) -> Clock:
    clock = Clock(start)
    for begin, end in waits:
        clock = clock.in_state("incomplete", begin, regime).in_state("studied", end, regime)
    return clock


@given(pauses())
def test_a_refusal_by_silence_has_run_as_many_days_as_the_law_says_pauses_aside(
    life: tuple[date, list[tuple[date, date]]],
) -> None:
    """Counts the days one by one: those on which a document was awaited do not count."""
    start, waits = life
    last = run(start, waits, DAYS).last_day(DAYS)
    assert last is not None
    days = [start + timedelta(days=n) for n in range((last - start).days)]
    assert sum(not any(begin <= day < end for begin, end in waits) for day in days) == DAYS.days


@given(pauses())
def test_a_grant_by_silence_starts_anew_with_the_last_document(life: tuple[date, list[tuple[date, date]]]) -> None:
    start, waits = life
    since = waits[-1][1] if waits else start
    assert run(start, waits, MONTHS).last_day(MONTHS) == add_months(since, 2)


@given(pauses())
def test_a_pause_of_limited_length_adds_no_more_than_its_limit(life: tuple[date, list[tuple[date, date]]]) -> None:
    start, waits = life
    last = run(start, waits, LIMITED).last_day(LIMITED)
    added = sum(min((end - begin).days, 30) for begin, end in waits)
    assert last == start + timedelta(days=60 + added)


@given(pauses(), st.integers(0, 40), st.sampled_from([MONTHS, DAYS, LIMITED]))
def test_to_ask_again_while_waiting_changes_nothing(
    life: tuple[date, list[tuple[date, date]]], later: int, regime: Regime
) -> None:
    start, waits = life
    clock = run(start, waits, regime)
    asked = clock.paused(start + timedelta(days=100))
    assert asked.paused(start + timedelta(days=100 + later)) == asked
    assert clock.resumed(start + timedelta(days=100), regime) == clock


@given(STARTS, st.integers(1, 50), st.integers(0, 80))
def test_who_waits_knows_the_latest_end_and_an_earlier_document_brings_it_nearer(
    start: date, asked: int, later: int
) -> None:
    waiting = Clock(start).paused(start + timedelta(days=asked))
    latest = waiting.last_day(LIMITED)
    assert latest == start + timedelta(days=90)
    completed = waiting.resumed(start + timedelta(days=asked + later), LIMITED).last_day(LIMITED)
    assert completed is not None
    assert latest is not None
    assert completed <= latest
    assert Clock(start).paused(start).last_day(DAYS) is None


@given(STARTS, st.integers(1, 60))
def test_the_warning_comes_as_many_days_before_as_asked_for_and_never_late(start: date, alert_days: int) -> None:
    regime, clock = replace(MONTHS, alert_days=alert_days), Clock(start)
    end, now = clock.end(regime), datetime.combine(start, time(12), PARIS)
    at = clock.alert(regime, now)
    assert end is not None
    if at is None:
        assert end - timedelta(days=alert_days, hours=2) <= now
    else:
        assert now < at < end
        assert end.astimezone(PARIS).date() - at.astimezone(PARIS).date() == timedelta(days=alert_days)


def test_a_warning_whose_moment_has_gone_by_is_not_given_again() -> None:
    regime, clock = replace(MONTHS, alert_days=30), Clock(date(2026, 1, 1))
    moment = clock.alert(regime, datetime(2026, 1, 1, 12, tzinfo=UTC))
    assert moment is not None
    assert clock.alert(regime, moment) is None
    assert clock.alert(regime, moment, first=True) == moment, "at once, where nobody could be warned before"
    end = clock.end(regime)
    assert end is not None
    assert clock.alert(regime, end, first=True) is None, "there is nothing left to warn of"


def test_an_extension_adds_its_months_once() -> None:
    regime = replace(MONTHS, extension_months=1)
    clock = Clock(date(2026, 1, 31)).extended(regime)
    assert clock.last_day(regime) == date(2026, 4, 30)
    assert clock.extended(regime) == clock
