# SPDX-License-Identifier: EUPL-1.2
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parvis_requests.domain.answer_filters import (
    AnswerFilter,
    AnswerKey,
    AnswerRange,
    FilterKind,
    answer_keys,
    bound,
    exact_answers,
    folded,
    plain_number,
    ranges_of,
)

FILTERS = (
    AnswerFilter("surface", FilterKind.NUMBER, personal=False),
    AnswerFilter("wished_on", FilterKind.DATE, personal=False),
    AnswerFilter("plate", FilterKind.TEXT, personal=False),
    AnswerFilter("born_on", FilterKind.DATE, personal=True),
    AnswerFilter("trees.height", FilterKind.NUMBER, personal=False),
)


@pytest.mark.parametrize(
    ("answers", "keys", "exact"),
    [
        ({"surface": 12.5}, [AnswerKey("surface", number=12.5)], [("surface", "12.5")]),
        ({"surface": 3.0}, [AnswerKey("surface", number=3.0)], [("surface", "3")]),
        ({"surface": True}, [], []),
        ({"surface": 10**400}, [], []),
        ({"wished_on": "2026-05-04"}, [AnswerKey("wished_on", day=date(2026, 5, 4))], [("wished_on", "2026-05-04")]),
        ({"wished_on": "some day"}, [], [("wished_on", "some day")]),
        ({"plate": "  Éb-123 \tZZ "}, [AnswerKey("plate", words="eb-123 zz")], [("plate", "eb-123 zz")]),
        ({"born_on": "1990-01-01"}, [], [("born_on", "1990-01-01")]),
        (
            {"trees": [{"height": 4}, {"height": 7}, {"kind": "oak"}]},
            [AnswerKey("trees.height", number=4.0), AnswerKey("trees.height", number=7.0)],
            [("trees.height", "4"), ("trees.height", "7")],
        ),
        ({"trees": [{"height": 4}] * 50}, [AnswerKey("trees.height", number=4.0)], [("trees.height", "4")]),
        ({"undeclared": 5}, [], []),
    ],
)
def test_a_key_in_clear_is_made_of_what_tells_of_nobody_alone(
    answers: dict[str, Any], keys: list[AnswerKey], exact: list[tuple[str, str]]
) -> None:
    assert answer_keys(FILTERS, answers) == keys
    assert exact_answers(FILTERS, answers) == exact


def test_no_request_has_more_keys_than_the_bound() -> None:
    answers = {"trees": [{"height": height} for height in range(100)]}
    assert len(answer_keys(FILTERS, answers)) == 32
    assert len(exact_answers(FILTERS, answers)) == 32


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3.0), ("-2.50", -2.5), ("2026-02-28", date(2026, 2, 28)), ("2026-02-30", None), ("1e9", None), ("", None),
        ("20260228", 20260228.0), ("--1", None), ("0000-01-01", None), ("1" * 14, None),
    ],
)  # fmt: skip
def test_a_bound_is_a_number_or_a_day(text: str, value: object) -> None:
    assert bound(text) == value


def test_what_is_said_twice_of_a_question_holds_twice() -> None:
    found = ranges_of([("n", "3"), ("n", "5"), ("d", "2026-01-01")], [("n", "9"), ("n", "7")], [("plate", "Éb")])
    assert found == (
        AnswerRange("n", FilterKind.NUMBER, 5.0, 7.0),
        AnswerRange("d", FilterKind.DATE, date(2026, 1, 1)),
        AnswerRange("plate", FilterKind.TEXT, start="eb"),
    )


@given(st.text())
def test_folding_twice_changes_nothing_and_keeps_the_bound(text: str) -> None:
    once = folded(text)
    assert len(once) <= 100
    assert folded(once) == once


@given(st.integers(-(10**12), 10**12), st.integers(0, 6))
def test_one_number_is_written_in_one_way(number: int, zeros: int) -> None:
    assert plain_number(f"{number}" + ("." + "0" * zeros if zeros else "")) == str(number)
