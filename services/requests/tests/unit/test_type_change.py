# SPDX-License-Identifier: EUPL-1.2
from dataclasses import replace
from datetime import date

import pytest

from parvis_requests.domain.legal import Clock, Regime, Resumption, Silence
from parvis_requests.domain.type_change import clock_of

ANEW = Regime(Silence.ACCEPTED, 2, 0, "grant", frozenset({"incomplete"}), Resumption.RESET)
ADDED = Regime(Silence.REJECTED, 2, 0, "refuse", frozenset({"incomplete"}), Resumption.CONTINUE)
SHORTLY = replace(ADDED, pause_days=20)
NEVER = replace(ADDED, paused_in=frozenset())
RECEIVED, ASKED, CHANGED = date(2026, 1, 1), date(2026, 1, 10), date(2026, 2, 10)


@pytest.mark.parametrize("regime", [ANEW, ADDED, NEVER])
def test_a_period_that_started_anew_with_the_last_document_goes_on_from_there(regime: Regime) -> None:
    complete = date(2026, 3, 1)
    before = Clock(RECEIVED).in_state("incomplete", ASKED, ANEW).in_state("studied", complete, ANEW)
    after = clock_of(before, ANEW, regime, RECEIVED, "studied", date(2026, 3, 15))
    assert after == Clock(complete)
    assert after.last_day(regime) == date(2026, 5, 1)


@pytest.mark.parametrize(
    ("former", "expected"),
    [(ADDED, Clock(RECEIVED, extra_days=31)), (SHORTLY, Clock(RECEIVED, extra_days=20)), (ANEW, Clock(CHANGED))],
)
def test_a_pause_that_ends_with_the_change_is_counted_by_the_former_law(former: Regime, expected: Clock) -> None:
    paused = Clock(RECEIVED).in_state("incomplete", ASKED, former)
    assert clock_of(paused, former, NEVER, RECEIVED, "incomplete", CHANGED) == expected
    assert clock_of(paused, former, ADDED, RECEIVED, "studied", CHANGED) == expected


def test_a_pause_goes_on_where_the_new_law_pauses_too() -> None:
    paused = Clock(RECEIVED, extra_days=3, extended_months=1).in_state("incomplete", ASKED, ADDED)
    after = clock_of(paused, ADDED, SHORTLY, RECEIVED, "incomplete", CHANGED)
    assert after == Clock(RECEIVED, extra_days=3, paused_on=ASKED), "an extension was one of the former period"


def test_without_a_former_period_it_counts_from_the_reception() -> None:
    assert clock_of(None, None, ADDED, RECEIVED, "studied", CHANGED) == Clock(RECEIVED)
    assert clock_of(None, None, ADDED, RECEIVED, "incomplete", CHANGED) == Clock(RECEIVED, paused_on=CHANGED)
    assert clock_of(Clock(RECEIVED), ADDED, None, RECEIVED, "studied", CHANGED) is None
