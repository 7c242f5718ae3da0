# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis_requests.domain.calendar import PARIS, day_of
from parvis_requests.domain.survey import LEAST, Figure, asked_at, closes_at

ENDS = st.integers(0, 1_400_000_000).map(lambda seconds: datetime(2016, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds))


@given(ENDS)
def test_who_is_asked_is_asked_the_next_morning_and_answers_for_thirty_days(ended_at: datetime) -> None:
    asked, closes = asked_at(ended_at).astimezone(PARIS), closes_at(ended_at).astimezone(PARIS)
    assert (asked.date(), asked.time()) == (day_of(ended_at) + timedelta(days=1), time(10))
    assert (closes.date(), closes.time()) == (day_of(ended_at) + timedelta(days=31), time())


@given(st.dictionaries(st.integers(1, 5), st.integers(1, 99), min_size=1))
def test_a_mean_lies_between_the_scores_that_were_given(scores: dict[int, int]) -> None:
    figure = Figure("cartons", scores)
    assert min(scores) <= figure.average <= max(scores)
    assert figure.answers == sum(scores.values())


@pytest.mark.parametrize(("number", "told"), [(LEAST - 1, False), (LEAST, True)])
def test_few_answers_are_not_told(number: int, told: bool) -> None:
    assert Figure("cartons", {5: number}).told is told
