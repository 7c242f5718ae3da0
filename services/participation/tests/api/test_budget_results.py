# SPDX-License-Identifier: EUPL-1.2
import csv
import json
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from hashlib import sha256
from typing import Any

import pytest
from budget_replay import by_every_method, counted_again, renamed, replayed
from budget_town import BudgetTown
from elections import toulouse, written_apart
from other_programs import methods

from parvis_participation.domain.counting.count import Method, Rule, count
from parvis_participation.domain.counting.election import Election, grouped
from parvis_participation.domain.counting.equal_shares import Completion
from parvis_participation.domain.pabulib.reader import read_pabulib
from parvis_participation.domain.poll_count import CountFailedError
from parvis_participation.service import count_apart, vote_files
from parvis_participation.service import count_budgets as count_budgets_module
from parvis_participation.service.count_budgets import count_budgets
from parvis_participation.service.seals import canonical

FOUR = (("60000", None), ("50000", None), ("30000", "north"), ("30000", "north"))
VOTES = (["1", "3"], ["1", "4"], ["2", "3"], ["2"], ["1"])


async def counted(budgeting: BudgetTown, **changes: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    budget = await budgeting.to_vote(*FOUR, **changes)
    for codes in VOTES:
        assert (await budgeting.vote(budgeting.voter(), budget, *codes)).status_code == 201
    return budget, await budgeting.counted(budget)


async def test_the_close_counts_each_areas_money_and_says_why(budgeting: BudgetTown) -> None:
    budget, result = await counted(budgeting)
    city, north = result["results"]
    assert (result["voters"], city["ballots"], north["ballots"], north["area"]) == (5, 5, 3, "north")
    assert [(o["code"], o["chosen"], o["score"]) for o in city["outcomes"]] == [("1", True, 3), ("2", False, 2)]
    assert "40\u202f000" in city["outcomes"][1]["explanation"], "what was left for it"
    assert [(o["code"], o["chosen"]) for o in north["outcomes"]] == [("3", True), ("4", False)]
    states = {project["number"]: project["state"] for project in await budgeting.listed(budget)}
    assert states == {1: "chosen", 2: "not-chosen", 3: "chosen", 4: "not-chosen"}
    assert (await budgeting.read(budget))["phase"] == "result"


async def test_there_is_no_result_before_the_close_and_one_count(budgeting: BudgetTown) -> None:
    budget = await budgeting.to_vote(*FOUR)
    database = budgeting.service.runtime.database
    assert await count_budgets(database, budgeting.now) == 0
    path = f"/v1/collectivities/paris/budgets/{budget['id']}"
    for part in ("results", "files/record.json", "files/result.csv", "files/ballots.pb"):
        early = await budgeting.client.get(f"{path}/{part}")
        assert (early.status_code, early.json()["code"]) == (409, "budget-not-counted")
    budgeting.when("result")
    assert [await count_budgets(database, budgeting.now) for _ in range(2)] == [1, 0]
    nobody = (await budgeting.client.get(f"{path}/results")).json()
    assert {o["reason"] for area in nobody["results"] for o in area["outcomes"]} == {"no-support"}
    assert (await budgeting.client.get(f"{path.replace('paris', 'lutece')}/results")).status_code == 404


async def test_a_list_that_is_not_the_frozen_one_is_not_counted(budgeting: BudgetTown) -> None:
    budget = await budgeting.to_vote(*FOUR)
    database = budgeting.service.runtime.database
    await database.pool.execute("UPDATE budget SET options = options - 0 WHERE id = $1", budget["id"])
    budgeting.when("result")
    assert await count_budgets(database, budgeting.now) == 0


async def test_ties_fall_by_the_published_seed(budgeting: BudgetTown) -> None:
    budget = await budgeting.to_vote(("60000", None), ("60000", None))
    await budgeting.vote(budgeting.voter(), budget, "1", "2")
    result = await budgeting.counted(budget)
    assert result["tie_seed"] == (await budgeting.read(budget))["digest"]
    first = min("12", key=lambda code: sha256(result["tie_seed"].encode() + b"\0" + code.encode()).digest())
    assert [o["code"] for o in result["results"][0]["outcomes"] if o["chosen"]] == [first]


async def test_the_record_is_whole_and_the_table_says_the_same(budgeting: BudgetTown) -> None:
    budget, result = await counted(budgeting)
    record = json.loads((await budgeting.file(budget, "record.json")).text)
    assert sha256(canonical({k: v for k, v in record.items() if k != "digest"})).hexdigest() == result["digest"]
    assert sha256(canonical(record["definition"])).hexdigest() == record["tie_seed"]
    table = list(csv.DictReader((await budgeting.file(budget, "result.csv")).text.splitlines()))
    chosen = {line["code"]: line["chosen"] == "True" for line in table}
    assert chosen == {o["code"]: o["chosen"] for area in result["results"] for o in area["outcomes"]}
    assert (await budgeting.file(budget, "ballots.pb?area=south")).status_code == 404


async def test_a_budget_whose_frozen_list_was_altered_keeps_no_other_from_its_count(budgeting: BudgetTown) -> None:
    altered, whole = [await budgeting.to_vote(*FOUR) for _ in range(2)]
    pool = budgeting.service.runtime.database.pool
    await pool.execute("UPDATE budget SET title = jsonb_set(title, '{fr}', '\"Autre\"') WHERE id = $1", altered["id"])
    assert (await budgeting.counted(whole))["voters"] == 0
    path = f"/v1/collectivities/paris/budgets/{altered['id']}/results"
    assert (await budgeting.client.get(path)).status_code == 409


async def test_a_count_that_fails_rests_the_longer_and_keeps_no_other_from_its_turn(
    budgeting: BudgetTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    heavy, light = [await budgeting.to_vote(*FOUR) for _ in range(2)]
    database = budgeting.service.runtime.database
    for budget in (heavy, light):
        assert (await budgeting.vote(budgeting.voter(), budget, "1")).status_code == 201
    tried: list[bytes] = []

    async def bounded(vote: count_apart.Vote, *, seconds: float) -> count_apart.Counted:
        tried.append(vote.seed)
        if vote.seed.decode() == heavy["digest"] and seconds < 90:
            raise CountFailedError("time")
        return await count_apart.count_apart(vote, seconds=seconds)

    monkeypatch.setattr(count_budgets_module, "count_apart", bounded)
    budgeting.when("result")
    assert await count_budgets(database, budgeting.now, 60) == 1, "the other is counted"
    assert len(tried) == 2
    rests = []
    for _ in range(3):
        assert await count_budgets(database, budgeting.now, 60) == 0, "it rests"
        until = await database.pool.fetchval("SELECT count_after FROM budget WHERE id = $1", heavy["id"])
        rests.append((until - budgeting.now).total_seconds() - 60)
        budgeting.now = until
        await count_budgets(database, budgeting.now, 60)
    assert (rests, len(tried)) == ([60, 120, 240], 5)
    budgeting.now += timedelta(days=1)
    assert await count_budgets(database, budgeting.now, 90) == 1, "with more time"
    path = f"/v1/collectivities/paris/budgets/{heavy['id']}/results"
    assert (await budgeting.client.get(path)).json()["voters"] == 1


async def test_a_vote_that_goes_while_it_is_counted_has_it_counted_again(
    budgeting: BudgetTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    budget, database = await budgeting.to_vote(*FOUR), budgeting.service.runtime.database
    for code in "12":
        assert (await budgeting.vote(budgeting.voter(), budget, code)).status_code == 201

    async def meanwhile(vote: count_apart.Vote, *, seconds: float) -> count_apart.Counted:
        await database.pool.execute("UPDATE budget_vote SET choice = NULL WHERE choice @> '[[\"2\"]]'")
        return await count_apart.count_apart(vote, seconds=seconds)

    monkeypatch.setattr(count_budgets_module, "count_apart", meanwhile)
    budgeting.when("result")
    assert await count_budgets(database, budgeting.now) == 0
    assert await count_budgets(database, budgeting.now + timedelta(minutes=2)) == 1
    path = f"/v1/collectivities/paris/budgets/{budget['id']}/results"
    assert (await budgeting.client.get(path)).json()["voters"] == 1


KINDS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"kind": "approval", "least": 1, "most": 2}, {"rule": "greedy"}),
    ({"kind": "approval", "least": 1, "most": 2}, {"rule": "equal-shares", "completion": "increment"}),
    ({"kind": "knapsack", "least": 1, "most": 3}, {"rule": "equal-shares"}),
    ({"kind": "points", "least": 1, "most": 3, "points": 6, "points_each": 3}, {"rule": "greedy-stop"}),
    ({"kind": "ranking", "least": 1, "most": 4}, {"rule": "schulze"}),
]


@pytest.mark.parametrize(("ballot", "method"), KINDS)
async def test_whoever_counts_the_exported_ballots_finds_the_stored_result(
    budgeting: BudgetTown, ballot: dict[str, Any], method: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vote_files, "write_pabulib", written_apart)
    budget, result = await counted(budgeting, ballot=ballot, method=method)
    told = (await budgeting.read(budget))["method"]
    for area, query in zip(result["results"], ("", "?area=north"), strict=True):
        scrutiny = read_pabulib((await budgeting.file(budget, f"ballots.pb{query}")).text.splitlines())
        again = count(scrutiny.election(), method_told(told), result["tie_seed"].encode())
        assert list(again.chosen) == [o["code"] for o in area["outcomes"] if o["chosen"]]
        assert {o.code: o.score for o in again.outcomes} == {o["code"]: o["score"] for o in area["outcomes"]}
        assert (str(again.budget), str(again.spent), again.cast) == (area["budget"], area["spent"], area["ballots"])


def method_told(told: dict[str, str]) -> Method:
    return Method(Rule(told["rule"]), completion=Completion(told["completion"]))


async def test_ballots_of_toulouse_replayed_over_the_api_give_the_result_of_their_file(budgeting: BudgetTown) -> None:
    scrutiny = toulouse(2019)
    sample = scrutiny.choices[::16]
    budget = await replayed(budgeting, scrutiny, sample)
    every = await by_every_method(budgeting, budget, methods(Fraction(100)))
    result = (await budgeting.counted(budget))["results"][0]
    names = renamed(scrutiny)
    ballots = grouped(tuple((names[code], points) for code, points in choice) for choice in sample)
    projects = tuple(replace(e.project, code=names[e.project.code]) for e in scrutiny.listed)
    seed = (await budgeting.read(budget))["digest"].encode()
    expected = count(Election(projects, scrutiny.budget, ballots), Method(Rule.GREEDY), seed)
    assert [(o["code"], o["score"], o["chosen"]) for o in result["outcomes"]] == [
        (o.code, o.score, o.chosen) for o in expected.outcomes
    ]
    assert result["ballots"] == len(sample)
    for told in every:
        by_rule = count(Election(projects, scrutiny.budget, ballots), told.method, told.seed.encode())
        assert told.chosen == sorted(by_rule.chosen) == counted_again(told), told.method
