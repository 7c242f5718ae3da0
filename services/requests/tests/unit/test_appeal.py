# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis_requests.domain.appeal import (
    Appeal,
    AppealKind,
    AppealState,
    Contested,
    CourtPeriod,
    court_last_day,
    court_period,
    lodge,
)
from parvis_requests.domain.appeal_errors import AppealClosedError, OutcomeError
from parvis_requests.domain.calendar import PARIS, Holidays, add_months, is_working_day
from parvis_requests.domain.remedy import Refusal

FRANCE = Holidays.FRANCE
SOMEBODY = UUID(int=1)
DAYS = st.dates(date(2016, 1, 1), date(2060, 1, 1))
KINDS = st.sampled_from(AppealKind)
ADMINISTRATIVE = st.sampled_from([AppealKind.RECONSIDERATION, AppealKind.HIERARCHICAL])


def refusal(on: date, *, told: bool = True, to_court: bool = True) -> Contested:
    return Contested(2, Refusal.EXPRESS, on, SOMEBODY, told, to_court)


def appeal(kind: AppealKind, day: date, contested: Contested, *earlier: Appeal, closed: date | None = None) -> Appeal:
    interrupts = lodge(kind, day, contested, earlier, FRANCE).interrupts
    state = AppealState.REJECTED if closed else AppealState.OPEN
    return Appeal(kind, state, day, day, interrupts, closed_on=closed)


@pytest.mark.parametrize(
    ("told", "last"),
    [
        (date(2026, 3, 10), date(2026, 5, 11)),  # to the day of the same number and one more
        (date(2025, 12, 31), date(2026, 3, 2)),  # no 31 February, and then a Sunday
        (date(2026, 2, 28), date(2026, 4, 29)),
        (date(2026, 3, 13), date(2026, 5, 15)),  # 14 May 2026: Ascension Day
        (date(2026, 10, 24), date(2026, 12, 28)),  # Christmas, then a week-end
    ],
)
def test_the_court_is_open_for_two_months_that_do_not_count_their_ends(told: date, last: date) -> None:
    assert court_last_day(told, FRANCE) == last


def test_where_the_second_day_of_christmas_is_a_holiday_the_court_is_open_longer() -> None:
    assert court_last_day(date(2023, 10, 25), FRANCE) == date(2023, 12, 26)
    assert court_last_day(date(2023, 10, 25), Holidays.ALSACE_MOSELLE) == date(2023, 12, 27)


@given(DAYS, st.sampled_from(Holidays))
def test_the_last_day_is_a_working_day_and_the_first_that_may_be(told: date, holidays: Holidays) -> None:
    last, earliest = court_last_day(told, holidays), add_months(told, 2) + timedelta(days=1)
    assert is_working_day(last, holidays)
    between = [earliest + timedelta(days=number) for number in range((last - earliest).days)]
    assert not any(is_working_day(day, holidays) for day in between)


@given(DAYS, ADMINISTRATIVE)
def test_silence_rejects_at_the_midnight_of_paris_after_two_months(received: date, kind: AppealKind) -> None:
    found = Appeal(kind, AppealState.OPEN, received, received)
    due = found.answer_due_at
    assert due is not None
    local = due.astimezone(PARIS)
    assert (local.time(), local.date()) == (time(), add_months(received, 2) + timedelta(days=1))
    alert = found.alert_at(datetime.combine(received, time(), UTC))
    assert alert is not None
    assert (local.date() - alert.astimezone(PARIS).date(), alert.astimezone(PARIS).time()) == (
        timedelta(days=15),
        time(),
    )
    assert found.alert_at(due) is None


@given(DAYS, st.sampled_from([AppealKind.MEDIATION, AppealKind.CADA, AppealKind.COURT, AppealKind.DEFENDER]))
def test_silence_decides_nothing_of_a_mediation_nor_elsewhere(received: date, kind: AppealKind) -> None:
    found = Appeal(kind, AppealState.OPEN, received, received)
    assert (found.answer_due_at, found.alert_at(datetime(1990, 1, 1, tzinfo=UTC))) == (None, None)


@given(DAYS, KINDS, st.integers(0, 200), st.integers(0, 90))
def test_no_appeal_shortens_the_period_and_the_late_ones_leave_it_as_it_is(
    on: date, kind: AppealKind, after: int, open_for: int
) -> None:
    contested, day = refusal(on), on + timedelta(days=after)
    lodging = lodge(kind, day, contested, [], FRANCE)
    ended = day + timedelta(days=open_for)
    initial = court_last_day(on, FRANCE)
    period = court_period(contested, [appeal(kind, day, contested, closed=ended)], FRANCE)
    assert period.until is not None
    assert period.until >= initial
    assert lodging.interrupts == (not kind.outside and day <= initial)
    assert lodging.late == (kind.administrative and day > initial)
    assert period.until == (court_last_day(ended, FRANCE) if lodging.interrupts else initial)


@given(DAYS, st.integers(0, 50), st.integers(0, 50), ADMINISTRATIVE)
def test_nothing_interrupts_twice(on: date, first: int, second: int, kind: AppealKind) -> None:
    contested = refusal(on)
    one = appeal(kind, on + timedelta(days=first), contested, closed=on + timedelta(days=first + 20))
    again = appeal(kind, on + timedelta(days=first + second), contested, one)
    assert (one.interrupts, again.interrupts) == (True, False)
    assert court_period(contested, [one, again], FRANCE) == court_period(contested, [one], FRANCE)


def test_after_both_appeals_within_the_initial_period_it_waits_for_both() -> None:
    contested = refusal(date(2026, 3, 10))
    to_the_author = appeal(AppealKind.RECONSIDERATION, date(2026, 3, 20), contested, closed=date(2026, 4, 2))
    to_the_superior = appeal(AppealKind.HIERARCHICAL, date(2026, 5, 4), contested, to_the_author)
    assert court_period(contested, [to_the_author, to_the_superior], FRANCE) == CourtPeriod(None, waits=True)
    closed = appeal(AppealKind.HIERARCHICAL, date(2026, 5, 4), contested, to_the_author, closed=date(2026, 6, 1))
    assert court_period(contested, [to_the_author, closed], FRANCE) == CourtPeriod(date(2026, 8, 3))
    # The second one after the initial period, though before the end of the one that runs anew: it interrupts nothing.
    later = lodge(AppealKind.HIERARCHICAL, date(2026, 5, 20), contested, [to_the_author], FRANCE)
    assert (later.late, later.interrupts) == (False, False)


def test_after_a_mediation_no_administrative_appeal_interrupts_but_a_mediation_does_after_one() -> None:
    contested = refusal(date(2026, 3, 10))
    mediation = appeal(AppealKind.MEDIATION, date(2026, 3, 20), contested, closed=date(2026, 4, 10))
    assert mediation.interrupts
    after = lodge(AppealKind.RECONSIDERATION, date(2026, 4, 20), contested, [mediation], FRANCE)
    assert (after.late, after.interrupts) == (False, False)
    rejected = appeal(AppealKind.RECONSIDERATION, date(2026, 3, 20), contested, closed=date(2026, 6, 1))
    assert lodge(AppealKind.MEDIATION, date(2026, 7, 1), contested, [rejected], FRANCE).interrupts
    assert not lodge(AppealKind.MEDIATION, date(2026, 8, 4), contested, [rejected], FRANCE).interrupts


def test_reasons_after_the_silence_open_the_court_anew_while_it_is_open() -> None:
    contested, day = refusal(date(2026, 1, 5)), date(2026, 1, 12)
    silent = Appeal(
        AppealKind.RECONSIDERATION, AppealState.DEEMED_REJECTED, day, day, interrupts=True, deemed_on=date(2026, 3, 12)
    )
    assert court_period(contested, [silent], FRANCE).until == date(2026, 5, 13)
    for told, until in ((date(2026, 5, 13), date(2026, 7, 15)), (date(2026, 5, 18), date(2026, 5, 13))):
        reasoned = Appeal(
            silent.kind,
            AppealState.REJECTED,
            day,
            day,
            interrupts=True,
            deemed_on=silent.deemed_on,
            closed_on=told,
        )
        assert court_period(contested, [reasoned], FRANCE).until == until


@given(DAYS, KINDS, st.integers(0, 2_000))
def test_no_period_runs_against_who_was_not_told_of_it(on: date, kind: AppealKind, after: int) -> None:
    for contested in (refusal(on, told=False), refusal(on, to_court=False)):
        lodging = lodge(kind, on + timedelta(days=after), contested, [], FRANCE)
        assert (lodging.last_day, lodging.late, lodging.interrupts) == (None, False, False)
        assert court_period(contested, [], FRANCE) == CourtPeriod(None)


@given(KINDS, st.sampled_from(AppealState), st.sampled_from(AppealState))
def test_what_is_over_is_over_but_for_an_answer_after_the_silence(
    kind: AppealKind, stands: AppealState, outcome: AppealState
) -> None:
    found = Appeal(kind, stands, date(2026, 1, 1), date(2026, 1, 1))
    fits = {
        AppealState.UPHELD: True,
        AppealState.WITHDRAWN: stands is AppealState.OPEN,
        AppealState.REJECTED: kind.administrative,
        AppealState.ENDED: not kind.administrative,
    }.get(outcome, False)
    if stands not in {AppealState.OPEN, AppealState.DEEMED_REJECTED} or (
        outcome is AppealState.WITHDRAWN and stands is not AppealState.OPEN
    ):
        with pytest.raises(AppealClosedError):
            found.may_end(outcome)
    elif fits:
        found.may_end(outcome)
    else:
        with pytest.raises(OutcomeError):
            found.may_end(outcome)
