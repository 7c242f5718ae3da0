# SPDX-License-Identifier: EUPL-1.2
"""Petitions and votes by name count people, not accounts; each takes back what they gave by any account of theirs."""

import asyncio

import pytest
from budget_town import BudgetTown
from identity_rolls import Identity, failing
from merged_accounts import hear, merged
from participation_town import Town
from petition_town import admitted, shown, sign, take_back
from proposal_town import verified

from parvis_testing import Caller

TWO = (("60000", None), ("40000", None))


async def test_of_many_signatures_at_once_by_two_accounts_of_one_person_one_is_there(
    town: Town, identity: Identity
) -> None:
    petition, one, other, bob = await admitted(town), verified(town), verified(town), verified(town)
    identity.one_person(one.subject, other.subject)
    answers = await asyncio.gather(*(sign(town, (one, other)[n % 2], petition) for n in range(40)))
    refused = {answer.json()["code"] for answer in answers if answer.status_code != 200}
    assert refused == {"already-signed"}
    assert (await sign(town, bob, petition)).json()["signatures"] == 2
    assert {ask["label"] for ask in identity.asked} == {f"participation/petition/{petition['id']}"}
    first, second = (one, other) if (await sign(town, one, petition)).status_code == 200 else (other, one)
    assert (await sign(town, first, petition, shown=True)).json()["shown"], "the same account wishes otherwise"
    path = f"/v1/petitions/{petition['id']}/signatures/mine"
    for who, signing in ((first, True), (second, True), (verified(town), False)):
        told = (await town.client.get(path, headers=who.headers)).json()
        assert (told["signing"], told["shown"]) == (signing, signing)
    assert (await take_back(town, second, petition)).status_code == 204
    assert (await shown(town, petition))["signatures"] == 1
    assert (await sign(town, second, petition)).status_code == 200


async def test_where_anybody_signs_who_was_verified_counts_once_and_who_was_not_by_their_account(
    town: Town, identity: Identity
) -> None:
    petition = await admitted(town, verified=False)
    low, one, other = town.service.citizen(acr="low"), verified(town), verified(town)
    identity.people[low.subject] = None
    identity.one_person(one.subject, other.subject)
    assert [(await sign(town, who, petition)).status_code for who in (low, one, other)] == [200, 200, 409]
    identity.people[low.subject] = one.subject
    assert (await take_back(town, one, petition)).status_code == 204
    assert (await sign(town, low, petition)).status_code == 200, "proved meanwhile who they are"
    assert (await sign(town, one, petition)).json()["code"] == "already-signed"


async def test_a_merge_leaves_one_signature_that_still_stands_for_the_person(town: Town, identity: Identity) -> None:
    petition = await admitted(town, verified=False)
    absorbed, kept, third = verified(town), town.service.citizen(acr="low"), verified(town)
    identity.people[kept.subject] = None
    for account in (absorbed, kept):
        assert (await sign(town, account, petition)).status_code == 200
    await hear(town.service, merged(absorbed, kept))
    assert (await shown(town, petition))["signatures"] == 1
    identity.people[third.subject] = absorbed.subject
    assert (await sign(town, third, petition)).json()["code"] == "already-signed"


async def test_nothing_is_signed_or_voted_while_identity_is_away(budgeting: BudgetTown, identity: Identity) -> None:
    town = Town(budgeting.service)
    petition, budget = await admitted(town, verified=False), await budgeting.to_vote(*TWO)
    identity.broken = failing
    refused = await sign(town, verified(town), petition)
    assert (refused.status_code, refused.headers["retry-after"].isdigit()) == (503, True)
    path, voter = f"/v1/budgets/{budget['id']}/votes", budgeting.voter()
    body = {"choice": [{"code": "1"}]}
    assert (await budgeting.client.post(path, json=body, headers=budgeting.headers(voter))).status_code == 503
    assert await budgeting.rows("petition_signature") == await budgeting.rows("budget_vote") == 0


async def test_two_accounts_of_one_person_vote_once_and_either_changes_and_takes_back(
    budgeting: BudgetTown, identity: Identity
) -> None:
    budget = await budgeting.to_vote(*TWO, changeable=True)
    one, other = budgeting.voter(), budgeting.voter()
    identity.one_person(one.subject, other.subject)
    answers = await asyncio.gather(*(budgeting.vote((one, other)[n % 2], budget, "1") for n in range(40)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 39
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"already-voted"}
    cast = (await budgeting.own(one, budget)).json()
    assert (await budgeting.own(other, budget)).json() == cast
    changed = await budgeting.change(other, budget, cast, "2")
    assert (changed.status_code, changed.json()["choice"]) == (200, [{"code": "2", "points": 1}])
    assert (await budgeting.own(budgeting.voter(), budget)).status_code == 404
    assert (await budgeting.take_back(one, budget, changed.json())).status_code == 204
    assert (await budgeting.vote(one, budget, "1")).status_code == 201


@pytest.mark.parametrize("both", [False, True], ids=["one-voted", "both-voted"])
async def test_a_merge_keeps_whose_the_vote_is(budgeting: BudgetTown, identity: Identity, *, both: bool) -> None:
    budget = await budgeting.to_vote(*TWO)
    absorbed, kept, third = budgeting.voter(), budgeting.voter(), budgeting.voter()
    await _voted(budgeting, budget, absorbed, "1")
    if both:
        budgeting.tick()
        await _voted(budgeting, budget, kept, "2")
        pool = budgeting.service.runtime.database.pool
        await pool.execute("UPDATE budget_vote SET holder_key = NULL WHERE choice->0->>0 = '2'")  # as votes of before
    await hear(budgeting.service, merged(absorbed, kept))
    assert (await budgeting.own(kept, budget)).json()["choice"] == [{"code": "1", "points": 1}]
    identity.people[third.subject] = absorbed.subject
    assert (await budgeting.vote(third, budget, "2")).json()["code"] == "already-voted"
    assert (await budgeting.counted(budget))["voters"] == 1


async def _voted(budgeting: BudgetTown, budget: dict[str, object], voter: Caller, code: str) -> None:
    assert (await budgeting.vote(voter, budget, code)).status_code == 201
