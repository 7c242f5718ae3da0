# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis_requests.domain.calendar import PARIS, day_of
from parvis_requests.domain.survey import LEAST, Figure, asked_at, closes_at, months, published_months

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


@pytest.mark.parametrize(
    ("since", "until", "first", "after"),
    [
        (None, None, (2026, 2), (2027, 2)),
        (None, "2026-12", (2026, 1), (2027, 1)),
        ("2026-12", None, (2026, 12), (2027, 2)),
        ("2024-02", "2027-01", (2024, 2), (2027, 2)),
    ],
)
def test_months_are_twelve_unless_said(
    since: str | None, until: str | None, first: tuple[int, int], after: tuple[int, int]
) -> None:
    found = months(since, until, date(2027, 1, 31))
    assert found == tuple(datetime(*month, 1, tzinfo=PARIS) for month in (first, after))


def test_months_are_thirty_six_at_most_and_those_published_are_over() -> None:
    assert months("2024-01", "2027-01", date(2027, 1, 31)) is None
    published = published_months(date(2027, 1, 31))
    assert published == (datetime(2024, 1, 1, tzinfo=PARIS), datetime(2027, 1, 1, tzinfo=PARIS))
