# SPDX-License-Identifier: EUPL-1.2
from fractions import Fraction

from elections import elections
from hypothesis import given
from hypothesis import strategies as st

from parvis_participation.domain.counting.ballot import Kind
from parvis_participation.domain.counting.election import Election, Project
from parvis_participation.domain.counting.greedy import greedy
from parvis_participation.domain.counting.outcome import Reason
from parvis_participation.domain.counting.ties import tie_order


def three(*votes: int) -> Election:
    projects = (Project("a", Fraction(60)), Project("b", Fraction(50)), Project("c", Fraction(40)))
    return Election(projects, Fraction(100), {((code, 1),): times for code, times in zip("abc", votes, strict=True)})


def test_the_best_supported_come_first_and_what_no_longer_fits_is_passed_over_or_ends_it() -> None:
    ties = {"a": 0, "b": 1, "c": 2}
    skipping = greedy(three(9, 5, 3), ties)
    assert [(o.code, o.reason, o.available) for o in skipping.outcomes] == [
        ("a", Reason.FITTED, Fraction(100)),
        ("b", Reason.TOO_EXPENSIVE, Fraction(40)),
        ("c", Reason.FITTED, Fraction(40)),
    ]
    assert (skipping.chosen, skipping.spent, skipping.cast) == (("a", "c"), Fraction(100), 17)
    stopping = greedy(three(9, 5, 3), ties, stop=True)
    assert [o.reason for o in stopping.outcomes] == [Reason.FITTED, Reason.TOO_EXPENSIVE, Reason.AFTER_STOP]


def test_the_published_order_decides_between_even_projects() -> None:
    assert greedy(three(4, 4, 4), {"a": 2, "b": 0, "c": 1}).chosen == ("b", "c")


@given(elections(Kind.POINTS), st.binary(max_size=4), st.booleans())
def test_never_over_budget_and_a_project_left_out_did_not_fit(election: Election, seed: bytes, stop: bool) -> None:
    result = greedy(election, tie_order((p.code for p in election.projects), seed), stop=stop)
    assert sorted(o.code for o in result.outcomes) == sorted(p.code for p in election.projects)
    assert result.spent <= election.budget
    scores = [o.score for o in result.outcomes]
    assert scores == sorted(scores, reverse=True) == [election.scores()[o.code] for o in result.outcomes]
    for outcome in result.outcomes:
        assert outcome.available is not None
        if outcome.reason is Reason.TOO_EXPENSIVE:
            assert outcome.cost > outcome.available
        assert (outcome.reason is Reason.NO_SUPPORT) is (outcome.score == 0)
        assert stop or outcome.reason is not Reason.AFTER_STOP


def test_the_tie_order_is_redone_from_the_seed_alone_and_changes_with_it() -> None:
    codes = [f"p{number}" for number in range(50)]
    assert tie_order(codes, b"seed") == tie_order(reversed(codes), b"seed") != tie_order(codes, b"other")
    # printf 'seed\0p7' | sha256sum gives 051f24f1..., p8 gives 4dc4716e..., p9 gives c5e87d69...
    assert tie_order(["p8", "p9", "p7"], b"seed") == {"p7": 0, "p8": 1, "p9": 2}
