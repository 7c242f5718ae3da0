# SPDX-License-Identifier: EUPL-1.2
from fractions import Fraction

import pytest

from parvis_participation.domain.counting.ballot import BallotRules, Kind
from parvis_participation.domain.counting.count import Method, Rule, envelopes
from parvis_participation.domain.counting.election import Choice, Project, grouped
from parvis_participation.domain.errors import BallotError, BallotFault, CostError, MethodError

COSTS = {"a": Fraction(60), "b": Fraction(40), "c": Fraction(41)}
APPROVAL = BallotRules(Kind.APPROVAL, 1, 2)
KNAPSACK = BallotRules(Kind.KNAPSACK, 1, 3, budget=Fraction(100))
POINTS = BallotRules(Kind.POINTS, 1, 3, points=5, points_each=3)


def ballot(*items: str | tuple[str, int]) -> Choice:
    return tuple((item, 1) if isinstance(item, str) else item for item in items)


@pytest.mark.parametrize(
    ("rules", "choice"),
    [
        (APPROVAL, ballot("a", "b")),
        (KNAPSACK, ballot("a", "b")),
        (POINTS, ballot(("a", 3), ("b", 2))),
        (BallotRules(Kind.RANKING, 0, 3), ballot("c", "a", "b")),
        (BallotRules(Kind.RANKING, 0, 3), ()),
    ],
)
def test_what_the_rules_allow(rules: BallotRules, choice: Choice) -> None:
    rules.check(choice, COSTS)


@pytest.mark.parametrize(
    ("rules", "choice", "fault"),
    [
        (APPROVAL, ballot("a", "z"), BallotFault.UNKNOWN),
        (APPROVAL, ballot("a", "a"), BallotFault.REPEATED),
        (APPROVAL, ballot(), BallotFault.NUMBER),
        (APPROVAL, ballot("a", "b", "c"), BallotFault.NUMBER),
        (APPROVAL, ballot(("a", 2)), BallotFault.POINTS),
        (KNAPSACK, ballot("a", "c"), BallotFault.COST),
        (POINTS, ballot(("a", 4)), BallotFault.POINTS),
        (POINTS, ballot(("a", 0)), BallotFault.POINTS),
        (POINTS, ballot(("a", -1), ("b", 3)), BallotFault.POINTS),
        (POINTS, ballot(("a", 3), ("b", 3)), BallotFault.POINTS),
    ],
)
def test_what_they_refuse_and_why(rules: BallotRules, choice: Choice, fault: BallotFault) -> None:
    with pytest.raises(BallotError) as refused:
        rules.check(choice, COSTS)
    assert refused.value.fault is fault


@pytest.mark.parametrize("kind", Kind)
def test_rankings_are_counted_by_rules_for_rankings(kind: Kind) -> None:
    for rule in Rule:
        if rule.ranked is (kind is Kind.RANKING):
            Method(rule).check(kind)
        else:
            with pytest.raises(MethodError):
                Method(rule).check(kind)
    with pytest.raises(MethodError):
        Method(Rule.EQUAL_SHARES, increment=Fraction(0)).check(Kind.APPROVAL)


def test_each_envelope_has_its_projects_and_the_ballots_that_speak_of_them() -> None:
    projects = [Project("a", Fraction(1), "north"), Project("b", Fraction(1), "south"), Project("c", Fraction(1))]
    ballots = {ballot("a", "c"): 3, ballot("b"): 2, ballot("c"): 1}
    north, city = envelopes(projects, {"north": Fraction(5), None: Fraction(7)}, ballots).values()
    assert ([p.code for p in north.projects], north.budget, north.ballots) == (["a"], Fraction(5), {ballot("a"): 3})
    assert ([p.code for p in city.projects], city.budget, city.ballots) == (["c"], Fraction(7), {ballot("c"): 4})


def test_ballots_group_by_what_they_say() -> None:
    assert grouped([ballot("a", "b"), ballot("b", "a"), ballot("a")]) == {ballot("a", "b"): 2, ballot("a"): 1}
    assert len(grouped([ballot("a", "b"), ballot("b", "a")], ordered=True)) == 2


def test_a_project_that_costs_nothing_cannot_be() -> None:
    with pytest.raises(CostError):
        Project("a", Fraction(0))
