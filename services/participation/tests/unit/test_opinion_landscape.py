# SPDX-License-Identifier: EUPL-1.2
"""Principal components, groups and silhouettes against their definitions, on whole matrices."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opinion_maths import matrix, planted, shuffled

from parvis_participation.domain.opinions.analysis import analyse
from parvis_participation.domain.opinions.clusters import Steady, groupings, steady
from parvis_participation.domain.opinions.landscape import landscape
from parvis_participation.domain.opinions.votes import MOST_STATEMENTS, Floats, Integers, TooManyOpinionsError, Votes

SMALLEST = 5


def of(rows: list[tuple[int, int, int]], participants: int, statements: int) -> Votes:
    given = np.array(rows, dtype=np.int64).reshape(-1, 3)
    return Votes(given[:, 0], given[:, 1], given[:, 2], participants, statements)


def by_the_definition(votes: Votes) -> tuple[Floats, Floats]:
    """Components by the singular value decomposition of the filled matrix, and positions from what was said alone."""
    said = matrix(votes)
    means = np.nanmean(said, axis=0)
    away = np.where(np.isnan(said), means, said) - means
    two = np.linalg.svd(away, full_matrices=False)[2][:2]
    # Now and then, somebody has said nothing: they stand in the middle.
    scale = np.sqrt(votes.statements / np.maximum((~np.isnan(said)).sum(axis=1), 1))
    return two, (np.where(np.isnan(said), 0, said - means) @ two.T) * scale[:, None]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_components_and_positions_are_those_of_the_singular_value_decomposition(seed: int) -> None:
    votes, _ = planted(seed, (30, 20, 11), 17, seen=0.5, noise=0.3)
    components, positions = by_the_definition(votes)
    found = landscape(votes)
    for number in range(2):
        sign = np.sign(components[number] @ found.components[number])
        np.testing.assert_allclose(found.components[number], sign * components[number], atol=1e-6)
        np.testing.assert_allclose(found.positions[:, number], sign * positions[:, number], atol=1e-5)
        assert found.components[number][np.argmax(np.abs(found.components[number]))] > 0


def test_who_has_said_little_is_drawn_out_by_the_root_of_what_is_missing() -> None:
    # Two camps on ten statements; the last two say nothing but one of them, each as a camp does.
    rows = [(person, each, 1 if person < 8 else -1) for person in range(16) for each in range(10)]
    found = landscape(of([*rows, (16, 0, 1), (17, 0, -1)], 18, 10)).positions[:, 0]
    assert found[16] == pytest.approx(found[0] / 10 * 10**0.5, rel=0.02)
    assert found[17] == pytest.approx(found[15] / 10 * 10**0.5, rel=0.02)


def test_a_conversation_without_opinions_or_with_one_statement_has_a_landscape_too() -> None:
    assert landscape(of([], 0, 0)).positions.shape == (0, 2)
    assert landscape(of([], 2, 3)).positions.tolist() == [[0, 0], [0, 0]]
    one = landscape(of([(0, 0, 1), (1, 0, -1)], 2, 1))
    assert one.positions.tolist() == [[1, 0], [-1, 0]]
    same = landscape(of([(0, 0, 1), (1, 0, 1)], 2, 1))
    assert same.positions.tolist() == [[0, 0], [0, 0]]


def silhouette(points: Floats, groups: Integers) -> float:
    """As Rousseeuw defines it, one point after another."""
    values = []
    for place, group in enumerate(groups):
        distances = np.linalg.norm(points - points[place], axis=1)
        if (groups == group).sum() == 1:
            values.append(0.0)
            continue
        own = distances[groups == group].sum() / ((groups == group).sum() - 1)
        other = min(distances[groups == each].mean() for each in set(groups.tolist()) - {group})
        values.append((other - own) / max(own, other))
    return float(np.mean(values))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_silhouettes_are_those_of_the_definition(seed: int) -> None:
    points = np.round(np.random.default_rng(seed).normal(size=(60, 2)), 1)
    points[30:] += 2
    found = groupings(points, 2)
    assert found
    for number, way in found.items():
        assert len(set(way.groups.tolist())) == number
        assert way.silhouette == pytest.approx(silhouette(points, way.groups), abs=1e-9)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 4), st.integers(14, 24))
def test_planted_groups_are_found_again_with_some_noise(seed: int, number: int, statements: int) -> None:
    votes, truth = planted(seed, (70, 50, 40, 30)[:number], statements, noise=0.15)
    found = analyse(votes, SMALLEST)
    # Four corners of a simplex do not always stand apart in two dimensions.
    wanted = min(number, 3)
    assert found.number >= wanted
    if number < 4:
        pairs = list(zip(found.groups.tolist(), truth.tolist(), strict=True))
        agreed = sum(max(pairs.count((group, each)) for each in range(number)) for group in range(found.number))
        assert found.number == number
        assert agreed >= 0.9 * sum(group >= 0 for group, _ in pairs)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_whatever_the_order_of_people_and_opinions_each_comes_into_the_same_group(seed: int, other: int) -> None:
    votes, _ = planted(seed, (120, 80), 15, noise=0.4)
    again, number = shuffled(votes, other)
    first, second = analyse(votes, SMALLEST), analyse(again, SMALLEST)
    assert first.groups.tolist() == second.groups[number].tolist()
    assert first.number == second.number


def test_no_group_has_fewer_people_than_figures_tell_of() -> None:
    votes, _ = planted(1, (60, 40, 4), 24, seen=1.0, noise=0.05)
    found, all_told = analyse(votes, SMALLEST), analyse(votes, 2)
    assert (found.number, all_told.number) == (2, 3)
    assert np.bincount(all_told.groups).min() == 4
    few, _ = planted(1, (4, 4), 15, seen=1.0, noise=0.0)
    alone = analyse(few, SMALLEST)
    assert (alone.number, alone.silhouette, alone.steady) == (1, None, None)


def test_who_has_said_little_comes_into_no_group() -> None:
    rows = [(person, each, 1 if person < 10 else -1) for person in range(20) for each in range(10)]
    short = [(20, each, 1) for each in range(6)] + [(21, each, 1) for each in range(7)]
    found = analyse(of(rows + short, 22, 10), SMALLEST)
    assert (found.groups[20], found.groups[21]) == (-1, found.groups[0])
    # Of four statements, all four are enough.
    rows = [(person, each, 1 if person < 10 else -1) for person in range(20) for each in range(4)]
    found = analyse(of([*rows, (20, 0, 1), (20, 1, 1), (20, 2, 1)], 21, 4), SMALLEST)
    assert found.groups[20] == -1
    assert found.number == 2


def test_another_number_of_groups_is_shown_once_it_was_the_best_four_times_in_a_row() -> None:
    state, shown = None, []
    for best in (2, 3, 3, 2, 3, 3, 3, 3, 4):
        state = steady(state, best)
        shown.append(state.shown)
    assert shown == [2, 2, 2, 2, 2, 2, 2, 3, 3]
    votes, _ = planted(3, (60, 50, 40), 18, noise=0.05)
    assert analyse(votes, SMALLEST).number == 3
    assert analyse(votes, SMALLEST, Steady(2, 9, 2)).number in {2, 3}


def test_more_than_a_worker_can_compute_is_refused_before_it_begins() -> None:
    with pytest.raises(TooManyOpinionsError):
        of([], 1, MOST_STATEMENTS + 1)
