# SPDX-License-Identifier: EUPL-1.2
import random
import time
from fractions import Fraction

import pytest
from elections import drawn, elections
from hypothesis import given, settings
from hypothesis import strategies as st

from parvis_participation.domain.counting.ballot import Kind
from parvis_participation.domain.counting.election import Choice, Election, Project
from parvis_participation.domain.counting.increments import last_share
from parvis_participation.domain.counting.purchases import Terms, Utility, purchases, repeated
from parvis_participation.domain.counting.purses import Purses
from parvis_participation.domain.counting.ties import tie_order


def terms(election: Election, utility: Utility) -> Terms:
    return Terms(tie_order((project.code for project in election.projects), b"seed"), utility)


def codes(election: Election, share: Fraction, how: Terms) -> list[str]:
    return [bought.project.code for bought in purchases(Purses(election), share, how)]


def one_after_the_other(election: Election, increment: Fraction, how: Terms) -> Fraction:
    """The share that the rule itself gives: each increment counted, none passed over."""
    costs, scores = {project.code: project.cost for project in election.projects}, election.scores()
    share = election.budget / election.cast
    bought = set(codes(election, share, how))
    while True:
        left = election.budget - sum(costs[code] for code in bought)
        if not any(scores[code] and costs[code] <= left for code in costs.keys() - bought):
            return share
        bought = set(codes(election, share + increment, how))
        if sum(costs[code] for code in bought) > election.budget:
            return share
        share += increment


STEPS = st.sampled_from([Fraction(1, 3), Fraction(1), Fraction(7, 2), Fraction(1, 20)])


@given(elections(Kind.POINTS), st.sampled_from(Utility), STEPS)
@settings(max_examples=80, deadline=None)
def test_passing_over_increments_ends_where_one_after_the_other_does(
    election: Election, utility: Utility, increment: Fraction
) -> None:
    if not election.cast:
        return
    how, start = terms(election, utility), election.budget / election.cast
    wanted = one_after_the_other(election, increment, how)
    assert last_share(Purses(election), election.budget, start, increment, how) == wanted


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("utility", Utility)
def test_so_it_does_where_there_are_thousands(seed: int, utility: Utility) -> None:
    election, increment = drawn(seed, Kind.POINTS), Fraction(3, 2)
    how, start = terms(election, utility), election.budget / election.cast
    wanted = one_after_the_other(election, increment, how)
    assert last_share(Purses(election), election.budget, start, increment, how) == wanted


@given(elections(Kind.POINTS), st.sampled_from(Utility), st.fractions(0, 60, max_denominator=4), st.integers(1, 30))
@settings(max_examples=80, deadline=None)
def test_what_is_said_to_be_bought_all_the_way_is_bought_at_each_share_between(
    election: Election, utility: Utility, start: Fraction, width: int
) -> None:
    how, purses = terms(election, utility), Purses(election)
    before = purchases(purses, start, how)
    if (further := repeated(purses, start + width, how, before)) is None:
        return
    assert further == purchases(Purses(election), start + width, how)
    for part in range(width * 4):
        assert codes(election, start + Fraction(part, 4), how) == [bought.project.code for bought in before]


@pytest.mark.parametrize("increment", [Fraction(1), Fraction(1, 100)])
def test_few_voters_on_much_money_are_counted_in_seconds(increment: Fraction) -> None:
    chance = random.Random(1)  # noqa: S311 - a test's own data
    projects = tuple(Project(f"p{n}", Fraction(chance.randrange(100_000, 1_000_000))) for n in range(60))
    ballots: dict[Choice, int] = {}
    for _ in range(200):
        named = chance.sample([project.code for project in projects], chance.randint(1, 8))
        choice = tuple((code, 1) for code in sorted(named))
        ballots[choice] = ballots.get(choice, 0) + 1
    election = Election(projects, Fraction(5_000_000), ballots)
    how, start = terms(election, Utility.COST), election.budget / 200
    began = time.process_time()
    share = last_share(Purses(election), election.budget, start, increment, how)
    assert time.process_time() - began < 20  # one after the other: minutes, and with cents hours
    assert share > start + 10_000
    bought = {code: project.cost for code, project in Purses(election).projects.items()}
    assert sum(bought[code] for code in codes(election, share, how)) <= election.budget
