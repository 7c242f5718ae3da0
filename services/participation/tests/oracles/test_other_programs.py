# SPDX-License-Identifier: EUPL-1.2
"""Our counts equal those of programs that we did not write, run as processes of their own."""

import json
import subprocess
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from budget_replay import renamed, replayed
from budget_town import BudgetTown
from elections import drawn, toulouse

from parvis_participation.domain.counting.ballot import Kind
from parvis_participation.domain.counting.count import Method, Rule, count
from parvis_participation.domain.counting.election import Election
from parvis_participation.domain.counting.equal_shares import Completion, Utility
from parvis_participation.domain.counting.instant_runoff import instant_runoff
from parvis_participation.domain.counting.outcome import Result
from parvis_participation.domain.counting.schulze import schulze
from parvis_participation.domain.counting.ties import tie_order
from parvis_participation.domain.pabulib.reader import read_pabulib

pytestmark = [pytest.mark.oracle, pytest.mark.timeout(600)]
HERE = Path(__file__).parent
PYTHON = Path(__file__).parents[4] / ".oracles" / "bin" / "python"
SEED = b"published"


@dataclass
class Case:
    """An election with the method of its count."""

    election: Election
    method: Method
    kind: Kind = Kind.APPROVAL
    seed: bytes = SEED

    def told(self) -> dict[str, Any]:
        return {
            "projects": {project.code: str(project.cost) for project in self.election.projects},
            "budget": str(self.election.budget),
            "ballots": list(self.election.ballots.items()),
            "ties": tie_order((project.code for project in self.election.projects), self.seed),
            "kind": self.kind,
            "rule": self.method.rule,
            "utility": self.method.utility,
            "completion": self.method.completion,
            "increment": str(self.method.increment),
        }

    def counted(self) -> Result:
        return count(self.election, self.method, self.seed)


def ask(program: str, cases: list[Case]) -> list[Any]:
    if not PYTHON.exists():
        pytest.fail("the programs that count independently are missing: run `make oracles`")
    told = json.dumps([case.told() for case in cases])
    done = subprocess.run(
        [PYTHON, HERE / program], input=told, capture_output=True, text=True, check=False, timeout=500
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    answers: list[Any] = json.loads(done.stdout)
    assert len(answers) == len(cases)
    return answers


STEP = Fraction(7, 2)
SHARES = [Method(Rule.EQUAL_SHARES, utility, completion, STEP) for utility in Utility for completion in Completion]
METHODS = [Method(Rule.GREEDY), Method(Rule.GREEDY_STOP), *SHARES]


@pytest.mark.parametrize("kind", [Kind.APPROVAL, Kind.POINTS])
def test_pabutools_chooses_the_same_projects(kind: Kind) -> None:
    cases = [Case(drawn(seed, kind), method, kind) for seed in range(25) for method in METHODS]
    for case, theirs in zip(cases, ask("pabutools_count.py", cases), strict=True):
        assert sorted(case.counted().chosen) == theirs, (case.method, case.election)


@pytest.mark.parametrize("year", [2019, 2022])
def test_pabutools_counts_toulouse_the_same(year: int) -> None:
    scrutiny = toulouse(year)
    # The increments of a whole city take the other program too long.
    methods = [method for method in METHODS if method.completion is not Completion.INCREMENT]
    cases = [Case(scrutiny.election(), method, scrutiny.rules.kind) for method in methods]
    for case, theirs in zip(cases, ask("pabutools_count.py", cases), strict=True):
        assert sorted(case.counted().chosen) == theirs, case.method


async def test_pabutools_counts_what_the_api_exports_as_the_api_did(budgeting: BudgetTown) -> None:
    scrutiny = toulouse(2019)
    budget = await replayed(budgeting, scrutiny, scrutiny.choices)
    stored = await budgeting.counted(budget)
    names = renamed(scrutiny)
    votes = {str(project["number"]): project["votes"] for project in await budgeting.listed(budget, "?limit=100")}
    assert votes == {names[entry.project.code]: entry.votes for entry in scrutiny.listed}, "as the file says"
    again = read_pabulib((await budgeting.file(budget, "ballots.pb")).text.splitlines())
    case = Case(again.election(), Method(Rule.GREEDY), again.rules.kind, stored["tie_seed"].encode())
    chosen = sorted(o["code"] for o in stored["results"][0]["outcomes"] if o["chosen"])
    assert ask("pabutools_count.py", [case]) == [chosen]


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
