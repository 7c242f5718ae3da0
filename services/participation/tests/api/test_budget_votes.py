# SPDX-License-Identifier: EUPL-1.2
import asyncio
from typing import Any

import pytest
from budget_town import BudgetTown

from parvis_participation.consumers import people
from parvis_participation.service.follow_merge import follow_merge
from parvis_participation.service.seals import Seals
from parvis_participation.service.survey_words import SurveyWords
from parvis_participation.service.tally_votes import tally_votes
from parvis_testing import Caller

THREE = (("60000", None), ("40000", None), ("30000", "north"))


async def test_a_resident_votes_once_and_reads_their_vote(budgeting: BudgetTown) -> None:
    budget, voter = await budgeting.to_vote(*THREE), budgeting.voter()
    assert (await budgeting.own(voter, budget)).status_code == 404
    cast = await budgeting.vote(voter, budget, "2", "3")
    assert (cast.status_code, cast.headers["etag"]) == (201, '"1"')
    assert (await budgeting.own(voter, budget)).json() == cast.json()
    again = await budgeting.vote(voter, budget, "2", "3")
    assert (again.status_code, again.json()["code"]) == (409, "already-voted")
    for act in (budgeting.change(voter, budget, cast.json(), "1"), budgeting.take_back(voter, budget, cast.json())):
        refused = await act
        assert (refused.status_code, refused.json()["code"]) == (409, "vote-is-final")


async def test_the_same_call_again_gets_its_first_answer(budgeting: BudgetTown) -> None:
    budget, voter = await budgeting.to_vote(*THREE), budgeting.voter()
    headers, path = budgeting.headers(voter), f"/v1/budgets/{budget['id']}/votes"
    first, again = [
        await budgeting.client.post(path, json={"choice": [{"code": "1"}]}, headers=headers) for _ in range(2)
    ]
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    other = await budgeting.client.post(path, json={"choice": [{"code": "2"}]}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")


async def test_200_votes_of_one_identity_at_once_from_two_front_ends_are_one_row(budgeting: BudgetTown) -> None:
    budget, voter = await budgeting.to_vote(*THREE), budgeting.voter()
    other = budgeting.voter(sub=voter.subject, client_id="demo-mobile", acr="eidas2")
    answers = await asyncio.gather(*(budgeting.vote((voter, other)[number % 2], budget, "1") for number in range(200)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 199
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"already-voted"}
    assert await budgeting.rows("budget_vote") == 1


async def test_200_votes_at_once_from_two_accounts_of_one_person_are_one_vote(budgeting: BudgetTown) -> None:
    budget, absorbed, kept = await budgeting.to_vote(*THREE), budgeting.voter(), budgeting.voter()
    _, answers = await asyncio.gather(
        merged(budgeting, absorbed, kept),
        asyncio.gather(*(budgeting.vote((absorbed, kept)[number % 2], budget, "1") for number in range(200))),
    )
    assert {answer.status_code for answer in answers} == {201, 409}
    assert (await budgeting.counted(budget))["voters"] == 1


async def test_of_two_votes_of_one_person_the_first_stands(budgeting: BudgetTown) -> None:
    budget, absorbed, kept = await budgeting.to_vote(*THREE), budgeting.voter(), budgeting.voter()
    assert (await budgeting.vote(absorbed, budget, "1")).status_code == 201
    budgeting.tick()
    assert (await budgeting.vote(kept, budget, "2")).status_code == 201
    for _ in range(2):
        await merged(budgeting, absorbed, kept)
        assert (await budgeting.own(kept, budget)).json()["choice"] == [{"code": "1", "points": 1}]
        assert (await budgeting.own(absorbed, budget)).status_code == 404
        for account in (absorbed, kept):
            assert (await budgeting.vote(account, budget, "3")).json()["code"] == "already-voted"


async def test_votes_change_and_go_where_the_budget_allows_it(budgeting: BudgetTown) -> None:
    budget, voter = await budgeting.to_vote(*THREE, changeable=True), budgeting.voter()
    cast = (await budgeting.vote(voter, budget, "1")).json()
    changed = await budgeting.change(voter, budget, cast, "2", "3")
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    assert (await budgeting.change(voter, budget, cast, "1")).status_code == 412
    assert (await budgeting.change(voter, budget, changed.json(), "9")).json()["code"] == "ballot-refused"
    assert (await budgeting.take_back(voter, budget, cast)).status_code == 412
    assert (await budgeting.take_back(voter, budget, changed.json())).status_code == 204
    assert (await budgeting.own(voter, budget)).status_code == 404
    anew = await budgeting.vote(voter, budget, "3")
    assert anew.status_code == 201
    budgeting.when("result")
    for act in (budgeting.change(voter, budget, anew.json(), "1"), budgeting.take_back(voter, budget, anew.json())):
        assert (await act).json()["code"] == "not-in-this-phase"


async def test_a_vote_is_taken_in_its_phase_from_verified_residents_alone(budgeting: BudgetTown) -> None:
    budget = await budgeting.to_vote(*THREE)
    for acr in (None, "eidas0", "urn:parvis:acr:local-mfa"):
        refused = await budgeting.vote(budgeting.voter(acr=acr), budget, "1")
        assert (refused.status_code, refused.json()["code"]) == (403, "identity-not-verified")
    assert (await budgeting.vote(budgeting.service.agent(), budget, "1")).status_code == 403
    assert (await budgeting.vote(budgeting.voter(collectivity="lutece"), budget, "1")).status_code == 404
    for phase in ("analysis", "result", "realisation"):
        budgeting.when(phase)
        refused = await budgeting.vote(budgeting.voter(), budget, "1")
        assert (refused.status_code, refused.json()["code"]) == (409, "not-in-this-phase")
    assert await budgeting.rows("budget_vote") == 0


POINTS = {"kind": "points", "least": 1, "most": 2, "points": 5, "points_each": 3}


@pytest.mark.parametrize(
    ("ballot", "method", "good", "bad"),
    [
        ({"kind": "approval", "least": 2, "most": 2}, "greedy", {"p1": 1, "p3": 1}, {"p1": 1}),
        ({"kind": "knapsack", "least": 0, "most": 3}, "equal-shares", {"p2": 1, "p3": 1}, {"p1": 1, "p2": 1, "p3": 1}),
        (POINTS, "greedy", {"p1": 3, "p2": 2}, {"p1": 3, "p2": 3}),
        ({"kind": "ranking", "least": 1, "most": 3}, "schulze", {"p3": 1, "p1": 1}, {"p3": 1, "p1": 2}),
    ],
)
async def test_each_kind_of_vote_has_its_limits(
    budgeting: BudgetTown, ballot: dict[str, Any], method: str, good: dict[str, int], bad: dict[str, int]
) -> None:
    money = [{"area": None, "amount": "70000"}, {"area": "north", "amount": "30000"}]
    budget = await budgeting.to_vote(*THREE, ballot=ballot, method={"rule": method}, budgets=money)
    refused = await budgeting.vote(budgeting.voter(), budget, **bad)
    assert (refused.status_code, refused.json()["code"]) == (422, "ballot-refused")
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/choice"]
    voter = budgeting.voter()
    assert (await budgeting.vote(voter, budget, **good)).status_code == 201
    told = (await budgeting.own(voter, budget)).json()["choice"]
    assert [(f"p{pick['code']}", pick["points"]) for pick in told] == list(good.items())


@pytest.mark.parametrize("live", [False, True])
async def test_turnout_is_told_and_where_the_budget_is_live_the_votes_of_each_project(
    budgeting: BudgetTown, *, live: bool
) -> None:
    budget = await budgeting.to_vote(*THREE, live=live)
    for codes in (["1", "3"], ["1"]):
        await budgeting.vote(budgeting.voter(), budget, *codes)
    assert (await budgeting.read(budget))["turnout"] is None
    assert await tally_votes(budgeting.service.runtime.database, budgeting.now) == 1
    assert (await budgeting.read(budget))["turnout"] == 2
    votes = [project["votes"] for project in reversed(await budgeting.listed(budget))]
    assert votes == ([2, 0, 1] if live else [None] * 3)
    await budgeting.counted(budget)
    assert [project["votes"] for project in reversed(await budgeting.listed(budget))] == [2, 0, 1]
    assert await tally_votes(budgeting.service.runtime.database, budgeting.now) == 0


async def merged(budgeting: BudgetTown, absorbed: Caller, kept: Caller) -> None:
    """What is done when identity tells that two accounts are one person's."""
    assert people.TOPICS
    runtime = budgeting.service.runtime
    async with runtime.database.unit_of_work() as uow:
        words = SurveyWords(runtime.master, runtime.persons)
        await follow_merge(uow.session, Seals(runtime.master), words, absorbed.person, kept.person, "paris")
        await uow.commit()
