# SPDX-License-Identifier: EUPL-1.2
"""Real ballots given again over the API: what it publishes by each rule is what a program of others finds.

That program has nothing but the file of ballots that the API exports; so has the count of our command line.
"""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from budget_replay import (
    Told,
    by_every_method,
    counted_again,
    ranked,
    renamed,
    replayed,
    replayed_ranking,
    votes_column,
)
from budget_town import BudgetTown
from elections import drawn, toulouse
from other_programs import Case, ask, methods
from poll_replay import replayed_in_secret, votes_in_the_urn
from poll_town import PollTown

from parvis_participation.domain.counting.ballot import Kind
from parvis_participation.domain.counting.count import Method, Rule
from parvis_participation.domain.counting.equal_shares import Completion, Utility
from parvis_participation.domain.pabulib.reader import read_pabulib

pytestmark = [pytest.mark.oracle, pytest.mark.timeout(600)]


def case(told: Told) -> Case:
    scrutiny = told.scrutiny
    return Case(scrutiny.election(), told.method, scrutiny.rules.kind, told.seed.encode())


@pytest.mark.parametrize("year", [2019, 2022])
async def test_pabutools_finds_by_each_rule_what_the_api_publishes_of_toulouse(
    budgeting: BudgetTown, year: int
) -> None:
    scrutiny = toulouse(year)
    budget = await replayed(budgeting, scrutiny, scrutiny.choices)
    names = renamed(scrutiny)
    as_published = {names[entry.project.code]: entry.votes for entry in scrutiny.listed}
    every = await by_every_method(budgeting, budget, methods(Fraction(100)))
    assert await votes_column(budgeting, budget) == as_published
    for told, theirs in zip(every, ask("pabutools_count.py", [case(told) for told in every]), strict=True):
        assert len(told.scrutiny.choices) == len(scrutiny.choices)
        assert told.chosen == theirs, told.method
        assert told.chosen == counted_again(told), told.method
    assert len({tuple(told.chosen) for told in every}) >= len(every) // 2, "rules that choose otherwise"


RANKED = [Method(Rule.SCHULZE), Method(Rule.SCHULZE_WINNER), Method(Rule.INSTANT_RUNOFF)]


def agree(told: Told, theirs: list[Any]) -> bool:
    """Whether that is what pref-voting says: the winners, or of Schulze who beats whom."""
    if told.method.rule is Rule.INSTANT_RUNOFF:
        return told.chosen == theirs
    places = {outcome["code"]: place for place, outcome in enumerate(told.outcomes)}
    in_order = all(places[winner] < places[loser] for winner, loser in theirs)
    if told.method.rule is Rule.SCHULZE_WINNER:
        (won,) = told.chosen
        return in_order and won not in {loser for _, loser in theirs}
    costs, left, fitting = {e.project.code: e.project.cost for e in told.scrutiny.listed}, told.scrutiny.budget, []
    for code in places:
        if costs[code] <= left:
            fitting.append(code)
            left -= costs[code]
    return in_order and told.chosen == sorted(fitting)


async def test_pref_voting_finds_what_the_api_publishes_of_ranked_ballots_of_toulouse(budgeting: BudgetTown) -> None:
    scrutiny = toulouse(2019)
    ballot = {"kind": Kind.RANKING, "least": 1, "most": len(scrutiny.listed)}
    budget = await replayed(budgeting, scrutiny, ranked(scrutiny), ballot=ballot, method={"rule": Rule.SCHULZE})
    every = await by_every_method(budgeting, budget, RANKED)
    for told, theirs in zip(every, ask("pref_voting_count.py", [case(told) for told in every]), strict=True):
        assert agree(told, theirs), told.method
        assert told.chosen == counted_again(told)


async def test_pref_voting_finds_what_the_api_publishes_of_rankings(budgeting: BudgetTown) -> None:
    election = drawn(0, Kind.RANKING, complete=True)
    budget = await replayed_ranking(budgeting, election, method={"rule": Rule.SCHULZE})
    every = await by_every_method(budgeting, budget, RANKED)
    for told, theirs in zip(every, ask("pref_voting_count.py", [case(told) for told in every]), strict=True):
        assert agree(told, theirs), told.method
        assert told.chosen == counted_again(told)


async def test_sealed_ballots_of_toulouse_are_counted_as_the_city_and_pabutools_do_and_the_checker_finds_them_right(
    polling: PollTown, tmp_path: Path
) -> None:
    scrutiny = toulouse(2019)
    method = Method(Rule.EQUAL_SHARES, Utility.POINTS, Completion.INCREMENT, Fraction(100))
    poll, published = await replayed_in_secret(
        polling,
        scrutiny,
        scrutiny.choices,
        tmp_path,
        method={"rule": method.rule, "utility": method.utility, "completion": method.completion, "increment": "100"},
    )
    names = renamed(scrutiny)
    assert votes_in_the_urn(tmp_path) == {names[entry.project.code]: entry.votes for entry in scrutiny.listed}
    code, verdict = published.check("receipt.json", "root.json")
    assert (code, verdict.split(". ")[0]) == (0, f"Right: {len(scrutiny.choices)} ballots, 0 spoiled")
    record = json.loads((tmp_path / "record.json").read_text("utf-8"))
    chosen = sorted(outcome["code"] for outcome in record["results"][0]["outcomes"] if outcome["chosen"])
    exported = read_pabulib((await polling.file(poll, "ballots.pb")).text.splitlines())
    asked = Case(exported.election(), method, exported.rules.kind, bytes.fromhex(record["tie_seed"]))
    assert ask("pabutools_count.py", [asked]) == [chosen]
    assert sorted(verdict.partition("Chosen: ")[2].strip(" .\n").split(", ")) == chosen
