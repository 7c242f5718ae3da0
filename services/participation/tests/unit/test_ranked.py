# SPDX-License-Identifier: EUPL-1.2
from fractions import Fraction
from itertools import pairwise, permutations

from elections import elections
from hypothesis import given

from parvis_participation.domain.counting.ballot import Kind
from parvis_participation.domain.counting.election import Choice, Election, Project
from parvis_participation.domain.counting.instant_runoff import instant_runoff
from parvis_participation.domain.counting.outcome import Reason
from parvis_participation.domain.counting.pairwise import preferences
from parvis_participation.domain.counting.schulze import schulze

ORDER = {code: place for place, code in enumerate("gfedcba")}


def ranked(ballots: dict[str, int], cost: int = 1, budget: int = 1) -> Election:
    codes = sorted({code for ballot in ballots for code in ballot})
    choices: dict[Choice, int] = {tuple((c, 1) for c in ballot): times for ballot, times in ballots.items()}
    return Election(tuple(Project(code, Fraction(cost)) for code in codes), Fraction(budget), choices)


# The example of Schulze's own paper (section 3.1): E beats all by its paths, then A, C, B and D.
PAPER = ranked(
    {"acbed": 5, "adecb": 5, "bedac": 8, "cabed": 3, "caebd": 7, "cbade": 2, "dceba": 7, "ebadc": 8}, budget=2
)


def test_the_example_of_schulzes_paper() -> None:
    result = schulze(PAPER, ORDER, single=True)
    assert [o.code for o in result.outcomes] == list("eacbd")
    assert [(o.reason, o.by) for o in result.outcomes] == [(Reason.WON, None)] + [(Reason.BEATEN, "e")] * 4
    assert schulze(PAPER, ORDER).chosen == ("e", "a")


@given(elections(Kind.RANKING))
def test_schulze_follows_the_strongest_paths(election: Election) -> None:
    prefers = preferences(election)
    codes = list(prefers)

    def path(a: str, b: str) -> int:
        others = [code for code in codes if code not in {a, b}]
        walks = ((a, *via, b) for length in range(len(others) + 1) for via in permutations(others, length))
        return max(
            min(prefers[x][y] if prefers[x][y] > prefers[y][x] else 0 for x, y in pairwise(walk)) for walk in walks
        )

    if len(codes) > 5:
        codes = codes[:5]
        prefers = {a: {b: n for b, n in prefers[a].items() if b in codes} for a in codes}
        ballots: dict[Choice, int] = {}
        for choice, times in election.ballots.items():
            short = tuple(item for item in choice if item[0] in codes)
            ballots[short] = ballots.get(short, 0) + times
        election = Election(tuple(p for p in election.projects if p.code in codes), election.budget, ballots)
    outcomes = schulze(election, ORDER, single=True).outcomes
    places = {outcome.code: place for place, outcome in enumerate(outcomes)}
    for a, b in permutations(codes, 2):
        if path(a, b) > path(b, a):
            assert places[a] < places[b]
    for outcome in outcomes:
        beaten = [
            other for other in codes if other != outcome.code and path(other, outcome.code) > path(outcome.code, other)
        ]
        assert (outcome.by is None) is (not beaten)


@given(elections(Kind.RANKING))
def test_who_wins_every_duel_wins_by_schulze(election: Election) -> None:
    prefers = preferences(election)
    champions = [a for a in prefers if all(prefers[a][b] > prefers[b][a] for b in prefers[a])]
    if champions:
        assert list(schulze(election, ORDER, single=True).chosen) == champions


def test_the_last_is_eliminated_and_its_ballots_pass_on() -> None:
    result = instant_runoff(ranked({"ab": 4, "ba": 3, "cb": 2}), ORDER)
    assert result.chosen == ("b",)
    assert [(o.code, o.reason, o.round, o.score) for o in result.outcomes] == [
        ("b", Reason.WON, 2, 5), ("a", Reason.BEATEN, 2, 4), ("c", Reason.ELIMINATED, 1, 2),
    ]  # fmt: skip


def test_more_than_half_of_the_ballots_that_still_count() -> None:
    assert instant_runoff(ranked({"a": 4, "b": 3, "c": 2}), ORDER).chosen == ("a",)
    # Even to the end: a comes last in the published order, so it goes first.
    assert instant_runoff(ranked({"a": 2, "b": 2}), ORDER).chosen == ("b",)


@given(elections(Kind.RANKING))
def test_instant_runoff_has_one_winner_and_each_elimination_was_of_a_last(election: Election) -> None:
    result = instant_runoff(election, ORDER)
    assert len(result.chosen) == (1 if election.cast else 0)
    standing = {project.code for project in election.projects}
    for out in sorted((o for o in result.outcomes if o.reason is Reason.ELIMINATED), key=lambda o: o.round or 0):
        firsts = dict.fromkeys(standing, 0)
        for choice, times in election.ballots.items():
            still = [code for code, _ in choice if code in standing]
            if still:
                firsts[still[0]] += times
        assert firsts[out.code] == min(firsts.values()) == out.score
        assert 2 * max(firsts.values()) <= sum(firsts.values())
        standing.remove(out.code)
