# SPDX-License-Identifier: EUPL-1.2
import time
from fractions import Fraction

from elections import elections
from hypothesis import given, settings
from hypothesis import strategies as st

from parvis_participation.domain.counting.ballot import Kind
from parvis_participation.domain.counting.election import Election, Project
from parvis_participation.domain.counting.equal_shares import Completion, Utility, equal_shares
from parvis_participation.domain.counting.outcome import Reason
from parvis_participation.domain.counting.ties import tie_order


def ties(election: Election) -> dict[str, int]:
    return tie_order((project.code for project in election.projects), b"seed")


def by_the_definition(election: Election, utility: Utility) -> list[str]:
    """The method as its authors define it: one voter a purse, fractions, every project anew in each round."""
    voters = [dict(choice) for choice, times in election.ballots.items() for _ in range(times)]
    purses = [election.budget / election.cast] * len(voters)
    left, chosen, order = {project.code: project for project in election.projects}, list[str](), ties(election)
    while True:
        offers = []
        for code, project in left.items():
            worth = project.cost if utility is Utility.COST else Fraction(1)
            supporters = [
                (money, points[code] * worth) for points, money in zip(voters, purses, strict=True) if code in points
            ]
            if sum(money for money, _ in supporters) < project.cost or not supporters:
                continue
            offers.append((lowest_rate(project.cost, supporters), order[code], code, worth))
        if not offers:
            return chosen
        rate, _, code, worth = min(offers)
        for number, points in enumerate(voters):
            purses[number] -= min(purses[number], rate * points.get(code, 0) * worth)
        chosen.append(code)
        del left[code]


def lowest_rate(cost: Fraction, supporters: list[tuple[Fraction, Fraction]]) -> Fraction:
    """The rate at which the cost is covered when each pays it for a unit of gain, or all there is."""
    for poor in sorted({Fraction(), *(money / gain for money, gain in supporters)}):
        paid = sum((money for money, gain in supporters if money / gain <= poor), Fraction())
        gains = sum((gain for money, gain in supporters if money / gain > poor), Fraction())
        rate = (cost - paid) / gains if gains else poor
        if all(money >= rate * gain for money, gain in supporters if money / gain > poor):
            return rate
    raise AssertionError


@given(elections(Kind.POINTS), st.sampled_from(Utility))
@settings(max_examples=100)
def test_the_fast_count_is_the_definition(election: Election, utility: Utility) -> None:
    result = equal_shares(election, ties(election), utility=utility, completion=Completion.NONE)
    assert list(result.chosen) == (by_the_definition(election, utility) if election.cast else [])


@given(elections(Kind.POINTS), st.sampled_from(Utility), st.sampled_from(Completion))
def test_never_over_budget_and_completed_until_nothing_supported_fits(
    election: Election, utility: Utility, completion: Completion
) -> None:
    result = equal_shares(election, ties(election), utility=utility, completion=completion, increment=Fraction(1, 2))
    assert sorted(o.code for o in result.outcomes) == sorted(p.code for p in election.projects)
    assert result.spent <= election.budget
    left = election.budget - result.spent
    for outcome in result.outcomes:
        assert (outcome.reason is Reason.NO_SUPPORT) is (outcome.score == 0)
        if completion is not Completion.NONE and outcome.reason is Reason.REST_SHORT:
            assert outcome.cost > left
        if outcome.reason is Reason.SUPPORTERS_PAID:
            assert outcome.price is not None
            assert outcome.supporters is not None
            assert outcome.available is not None
            assert outcome.price * outcome.supporters >= outcome.cost <= outcome.available


def test_a_minority_gets_its_share_where_greedy_gives_all_to_the_majority() -> None:
    projects = tuple(Project(code, Fraction(30)) for code in "abcd")
    ballots = {(("a", 1), ("b", 1), ("c", 1)): 60, (("d", 1),): 40}
    result = equal_shares(Election(projects, Fraction(90), ballots), dict.fromkeys("abcd", 0))
    assert set(result.chosen) == {"a", "d"} | set(result.chosen) & {"b", "c"}
    assert len(result.chosen) == 3
    bought = next(o for o in result.outcomes if o.code == "d")
    # 40 voters hold 90/100 each, and share 30.
    assert bought.price == Fraction(3, 4)
    assert (bought.supporters, bought.available) == (40, Fraction(36))


def test_more_for_each_until_it_would_cost_too_much() -> None:
    projects = (Project("a", Fraction(60)), Project("b", Fraction(40)))
    election = Election(projects, Fraction(100), {(("a", 1),): 5, (("b", 1),): 5})
    order = {"a": 0, "b": 1}
    assert equal_shares(election, order, completion=Completion.NONE).chosen == ("b",)
    assert set(equal_shares(election, order, completion=Completion.INCREMENT).chosen) == {"a", "b"}
    dear = Election((Project("a", Fraction(61)), projects[1]), election.budget, election.ballots)
    # With 61 for each five voters both would be bought, for 101: the outcome before stands.
    assert equal_shares(dear, order, completion=Completion.INCREMENT).chosen == ("b",)


def test_nobody_voted() -> None:
    result = equal_shares(Election((Project("a", Fraction(1)),), Fraction(9), {}), {"a": 0})
    assert [(o.code, o.reason) for o in result.outcomes] == [("a", Reason.NO_SUPPORT)]


def test_a_large_city_is_counted_exactly_within_a_minute() -> None:
    projects = tuple(Project(f"p{n}", Fraction(5_000 + n * n * 37 % 295_000)) for n in range(200))
    # 130,000 different-looking ballots of one to ten projects, popular ones more often.
    ballots: dict[tuple[tuple[str, int], ...], int] = {}
    for voter in range(130_000):
        state, named = voter * 2_654_435_761 % 4_294_967_296, set()
        for _ in range(voter % 10 + 1):
            state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296
            named.add(f"p{(state >> 16) ** 2 * 200 >> 32}")
        choice = tuple((code, 1) for code in sorted(named))
        ballots[choice] = ballots.get(choice, 0) + 1
    election = Election(projects, Fraction(8_000_000), ballots)
    began = time.process_time()
    result = equal_shares(election, ties(election))
    assert time.process_time() - began < 60
    assert result.cast == 130_000
    assert len(result.chosen) > 30
    assert result.spent <= election.budget
