# SPDX-License-Identifier: EUPL-1.2
"""What tells groups apart and what they share, against the tests as statistics books write them."""

import json
from collections import Counter
from math import sqrt
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from opinion_maths import planted

from parvis_participation.domain.opinions.analysis import analyse, counts, rounded, told
from parvis_participation.domain.opinions.routing import NEW_PRIORITY, drawn, priority
from parvis_participation.domain.opinions.telling import (
    Telling,
    above_half,
    above_others,
    consensus,
    group_aware,
    representative,
)

SMALLEST = 5
_COUNT = st.integers(0, 500)


@given(_COUNT, _COUNT, _COUNT, _COUNT)
def test_the_z_values_are_those_of_proportions_with_one_success_added(a: int, b: int, c: int, d: int) -> None:
    success, of, success_out, of_out = min(a, b), max(a, b), min(c, d), max(c, d)
    inside, outside = (success + 1) / (of + 1), (success_out + 1) / (of_out + 1)
    half = float(above_half(np.array(success), np.array(of)))
    # Of p against one half: (p - 1/2) over the root of 1/4 by n.
    assert half == pytest.approx((inside - 0.5) / sqrt(0.25 / (of + 1)))
    pooled = (success + success_out + 2) / (of + of_out + 2)
    error = sqrt(pooled * (1 - pooled) * (1 / (of + 1) + 1 / (of_out + 1))) if pooled < 1 else 0
    wanted = (inside - outside) / error if error else 0
    given_all = np.array(success), np.array(of), np.array(success_out), np.array(of_out)
    assert float(above_others(*given_all)) == pytest.approx(wanted)


def line(agree: int, disagree: int, passed: int) -> list[int]:
    return [agree, disagree, passed]


def test_a_group_is_told_by_what_it_says_and_others_do_not() -> None:
    tally = np.array(
        [
            [line(40, 2, 2), line(30, 10, 4), line(3, 40, 1), line(22, 22, 0), line(4, 0, 0)],
            [line(5, 40, 2), line(32, 9, 3), line(40, 3, 1), line(22, 20, 2), line(0, 40, 0)],
        ]
    )
    assert representative(tally, 0, SMALLEST) == [Telling(0, agree=True), Telling(2, agree=False)]
    assert representative(tally, 1, SMALLEST)[0] == Telling(2, agree=True)
    # Four opinions are fewer than are told of, however clear they are.
    assert 4 not in {each.statement for each in representative(tally, 0, SMALLEST)}
    assert Telling(1, agree=True) in consensus(tally, SMALLEST)
    aware = group_aware(tally, 0)
    assert float(aware[1]) == pytest.approx(31 / 46 * 33 / 46)
    assert int(aware.argmax()) == 1


def test_no_more_than_five_are_told_and_what_is_agreed_with_comes_first() -> None:
    tally = np.array([[line(40, 1, 0)] * 7 + [line(0, 60, 0)], [line(2, 40, 0)] * 7 + [line(40, 2, 0)]])
    found = representative(tally, 0, SMALLEST)
    assert len(found) == 5
    assert [each.agree for each in found] == sorted((each.agree for each in found), reverse=True)
    assert Telling(7, agree=False) in found


def test_what_is_told_has_rounded_counts_and_nothing_of_few() -> None:
    assert [rounded(count, 5) for count in (0, 2, 3, 7, 8, 12, 13)] == [0, 0, 5, 5, 10, 10, 15]
    assert counts(np.array([2, 1, 1]), SMALLEST) is None
    assert counts(np.array([3, 1, 1]), SMALLEST) == {"agree": 5, "disagree": 0, "passed": 0}
    votes, _ = planted(5, (43, 32), 16, seen=1.0, noise=0.05)
    found = told(analyse(votes, SMALLEST), range(16), SMALLEST)
    assert [group["members"] for group in found["groups"]] == [45, 30]
    assert all(group["statements"] for group in found["groups"])
    people = Counter(square["group"] for square in found["map"])
    assert set(people) <= {0, 1}
    assert all(square["people"] % SMALLEST == 0 and square["people"] >= SMALLEST for square in found["map"])
    said = [each["counts"] for group in found["groups"] for each in group["statements"]]
    assert all(count % SMALLEST == 0 for lines in said for each in lines if each for count in each.values())
    json.dumps(found)  # stored and answered as it is


def test_where_people_cannot_be_parted_nothing_is_told_of_groups() -> None:
    votes, _ = planted(5, (4, 4), 16, noise=0.0)
    found = told(analyse(votes, SMALLEST), range(16), SMALLEST)
    assert (found["groups"], found["map"], found["silhouette"]) == ([], [], None)


def test_new_statements_and_those_agreed_with_come_first_and_passes_count_against() -> None:
    assert pytest.approx((0.5 * 0.5 * 9) ** 2) == NEW_PRIORITY
    assert priority(0, 0, 0, 0.0) > priority(5, 0, 10, 0.0) > priority(50, 0, 100, 0.0)
    assert priority(50, 10, 100, 0.0) > priority(50, 40, 100, 0.0)
    assert priority(50, 10, 100, 2.0) > priority(50, 10, 100, 0.0)
    assert priority(80, 10, 100, 0.0) > priority(40, 10, 100, 0.0)


def test_statements_are_drawn_by_their_weights_and_none_is_left_out_for_ever() -> None:
    chance = Random(7)  # noqa: S311 - the same at each run
    weighted = [("often", 6.0), ("seldom", 3.0), ("rare", 1.0)]
    first = Counter(drawn(weighted, 1, chance)[0] for _ in range(6_000))
    assert first["often"] == pytest.approx(3_600, rel=0.1)
    assert first["rare"] == pytest.approx(600, rel=0.25)
    assert sorted(drawn(weighted, 9, chance)) == ["often", "rare", "seldom"]


def test_who_is_against_most_is_told_by_something_they_are_for_as_well() -> None:
    # Seven statements that the group alone is against, and one that it is for a little more than the others.
    tally = np.array([[line(1, 60, 0)] * 7 + [line(34, 20, 0)], [line(60, 1, 0)] * 7 + [line(30, 24, 0)]])
    found = representative(tally, 0, SMALLEST)
    assert found[0] == Telling(7, agree=True)
    assert [each.agree for each in found[1:]] == [False] * 4
