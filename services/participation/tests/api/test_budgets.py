# SPDX-License-Identifier: EUPL-1.2
from hashlib import sha256
from typing import Any

import pytest
from budget_town import PHASES, TEXT, BudgetTown

from parvis_participation.db import budgets
from parvis_participation.service.freeze_budgets import definition, freeze_budgets
from parvis_participation.service.seals import canonical


async def test_a_budget_is_announced_and_goes_through_its_phases(budgeting: BudgetTown) -> None:
    agent = budgeting.service.agent()
    created = await budgeting.create(agent)
    assert (created.status_code, created.json()["phase"]) == (201, "draft")
    path = created.headers["location"]
    assert (await budgeting.client.get(path)).status_code == 404
    published = await budgeting.publish(agent, created.json())
    assert (published.status_code, published.json()["phase"]) == (201, "announced")
    assert (await budgeting.publish(agent, created.json())).status_code == 412
    assert (await budgeting.publish(agent, published.json())).status_code == 409
    for phase in PHASES:
        budgeting.when(phase)
        shown = (await budgeting.client.get(path, headers={"Accept-Language": "en"})).json()
        assert (shown["phase"], shown["title"], shown["digest"]) == (phase, "Text", None)
    listed = (await budgeting.client.get("/v1/collectivities/paris/budgets")).json()["items"]
    assert [item["id"] for item in listed] == [shown["id"]]


async def test_a_budget_is_published_before_deposits_end(budgeting: BudgetTown) -> None:
    agent = budgeting.service.agent()
    created = await budgeting.create(agent)
    budgeting.when("analysis")
    assert (await budgeting.publish(agent, created.json())).status_code == 409
    budgeting.when("deposit")
    assert (await budgeting.publish(agent, created.json())).status_code == 201


TWICE = [{"area": "north", "amount": "1"}, {"area": "north", "amount": "2"}]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"budgets": TWICE}, "/budgets"),
        ({"ballot": {"kind": "approval", "least": 3, "most": 2}}, "/ballot"),
        ({"method": {"rule": "schulze"}}, "/method"),
    ],
)
async def test_what_cannot_be_a_budget_is_pointed_at(
    budgeting: BudgetTown, changes: dict[str, Any], pointer: str
) -> None:
    refused = await budgeting.create(budgeting.service.agent(), **changes)
    assert (refused.status_code, [e["pointer"] for e in refused.json()["errors"]]) == (422, [pointer])
    assert await budgeting.rows("budget") == 0


async def test_each_phase_begins_after_the_one_before(budgeting: BudgetTown) -> None:
    phases = budgeting.body()["phases"]
    refused = await budgeting.create(budgeting.service.agent(), phases=phases | {"vote_at": phases["analysis_at"]})
    assert (refused.status_code, [e["pointer"] for e in refused.json()["errors"]]) == (422, ["/phases"])


async def test_only_agents_of_the_collectivity_prepare_and_publish(budgeting: BudgetTown) -> None:
    for caller in (budgeting.service.citizen(), budgeting.service.system()):
        assert (await budgeting.create(caller)).status_code == 403
    budget = (await budgeting.create(budgeting.service.agent())).json()
    assert (await budgeting.publish(budgeting.service.agent("lutece"), budget)).status_code == 404


async def test_the_opening_of_the_vote_freezes_what_can_be_done_under_a_digest(budgeting: BudgetTown) -> None:
    citizen, agent = budgeting.service.citizen(), budgeting.service.agent()
    budget = await budgeting.published()
    budgeting.when("deposit")
    garden, tower, _ = [(await budgeting.deposit(citizen, budget, title=title)).json() for title in "GTN"]
    budgeting.when("analysis")
    await budgeting.analyse(agent, garden, "25000.50")
    await budgeting.analyse(agent, tower, feasible=False)
    database = budgeting.service.runtime.database
    assert await freeze_budgets(database, budgeting.chain, budgeting.now) == 0
    budgeting.when("vote")
    assert await freeze_budgets(database, budgeting.chain, budgeting.now) == 1
    assert await freeze_budgets(database, budgeting.chain, budgeting.now) == 0
    shown = await budgeting.read(budget)
    option = {"code": "1", "label": "G", "cost": "25000.50", "area": None, "project_id": garden["id"]}
    assert shown["options"] == [option]
    async with database.reading() as session:
        row = await budgets.one(session, "paris", shown["id"])
    assert shown["digest"] == sha256(canonical(definition(row))).hexdigest()
    numbers = {project["title"]: project["number"] for project in await budgeting.listed(budget)}
    assert numbers == {"G": 1, "T": None, "N": None}


async def test_a_frozen_list_takes_no_analysis_any_more(budgeting: BudgetTown) -> None:
    budget = await budgeting.to_vote(("30000", None))
    project = (await budgeting.listed(budget))[0]
    # An agent whose clock is late, or whose transaction was: the frozen list is what counts.
    budgeting.when("analysis")
    refused = await budgeting.analyse(budgeting.service.agent(), project, "1")
    assert (refused.status_code, refused.json()["code"]) == (409, "not-in-this-phase")
    assert (await budgeting.read(budget))["options"][0]["cost"] == "30000"
    assert TEXT["fr"] == (await budgeting.listed(budget))[0]["analysis"]["reasons"]
