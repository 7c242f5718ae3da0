# SPDX-License-Identifier: EUPL-1.2
"""Our counts equal those of programs that we did not write, run as processes of their own."""

from fractions import Fraction

import pytest
from elections import drawn
from other_programs import SEED, Case, ask, methods

from parvis_participation.domain.counting.ballot import Kind
from parvis_participation.domain.counting.count import Method, Rule
from parvis_participation.domain.counting.instant_runoff import instant_runoff
from parvis_participation.domain.counting.schulze import schulze
from parvis_participation.domain.counting.ties import tie_order

pytestmark = [pytest.mark.oracle, pytest.mark.timeout(600)]


@pytest.mark.parametrize("kind", [Kind.APPROVAL, Kind.POINTS])
def test_pabutools_chooses_the_same_projects(kind: Kind) -> None:
    cases = [Case(drawn(seed, kind), method, kind) for seed in range(25) for method in methods(Fraction(7, 2))]
    for case, theirs in zip(cases, ask("pabutools_count.py", cases), strict=True):
        assert sorted(case.counted().chosen) == theirs, (case.method, case.election)


def test_pref_voting_finds_the_same_schulze_order() -> None:
    cases = [Case(drawn(seed, Kind.RANKING), Method(Rule.SCHULZE), Kind.RANKING) for seed in range(40)]
    for case, theirs in zip(cases, ask("pref_voting_count.py", cases), strict=True):
        outcomes = schulze(case.election, tie_order(case.told()["projects"], SEED), single=True).outcomes
        places = {outcome.code: place for place, outcome in enumerate(outcomes)}
        assert all(places[winner] < places[loser] for winner, loser in theirs)
        assert {o.code for o in outcomes if o.by is None} == places.keys() - {loser for _, loser in theirs}
        assert {(o.by, o.code) for o in outcomes if o.by} <= {(winner, loser) for winner, loser in theirs}


def test_pref_voting_finds_the_same_run_off_winner() -> None:
    method = Method(Rule.INSTANT_RUNOFF)
    cases = [Case(drawn(seed, Kind.RANKING, complete=True), method, Kind.RANKING) for seed in range(40)]
    for case, theirs in zip(cases, ask("pref_voting_count.py", cases), strict=True):
        ours = instant_runoff(case.election, tie_order(case.told()["projects"], SEED))
        assert list(ours.chosen) == theirs
