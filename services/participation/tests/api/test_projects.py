# SPDX-License-Identifier: EUPL-1.2
import time
from datetime import timedelta
from typing import Any

import pytest
from budget_town import BudgetTown

POSITION = {"type": "Point", "coordinates": [2.35, 48.86]}


async def test_a_resident_proposes_changes_and_takes_back(budgeting: BudgetTown) -> None:
    budget, citizen = await budgeting.published(), budgeting.service.citizen()
    budgeting.when("deposit")
    made = await budgeting.deposit(citizen, budget, area="north", position=POSITION)
    assert (made.status_code, made.json()["state"]) == (201, "deposited")
    shown = (await budgeting.client.get(made.headers["location"])).json()
    assert (shown["position"], shown["area"], shown["analysis"]) == (POSITION, "north", None)
    changed = await budgeting.edit(citizen, made.json(), title="Un grand jardin")
    assert (changed.status_code, changed.json()["title"], changed.json()["version"]) == (200, "Un grand jardin", 2)
    assert (await budgeting.edit(citizen, made.json())).status_code == 412
    assert (await budgeting.withdraw(citizen, made.json())).status_code == 412
    assert (await budgeting.withdraw(citizen, changed.json())).status_code == 204
    assert (await budgeting.client.get(made.headers["location"])).status_code == 404
    assert await budgeting.rows("budget_project") == 0


async def test_a_project_is_its_authors(budgeting: BudgetTown) -> None:
    budget, citizen, agent = await budgeting.published(), budgeting.service.citizen(), budgeting.service.agent()
    budgeting.when("deposit")
    project = (await budgeting.deposit(citizen, budget)).json()
    for other, status in ((budgeting.service.citizen(), 403), (agent, 403), (budgeting.service.citizen("lutece"), 404)):
        assert (await budgeting.edit(other, project)).status_code == status
        assert (await budgeting.withdraw(other, project)).status_code == status
    assert (await budgeting.deposit(agent, budget)).status_code == 403
    assert (await budgeting.deposit(budgeting.service.citizen("lutece"), budget)).status_code == 404
    assert citizen.subject not in str(await budgeting.listed(budget))


async def test_only_the_phase_of_deposits_takes_changes_or_gives_projects_back(budgeting: BudgetTown) -> None:
    budget, citizen = await budgeting.published(), budgeting.service.citizen()
    budgeting.when("deposit")
    project = (await budgeting.deposit(citizen, budget)).json()
    for phase in ("announced", "call", "analysis", "vote", "result", "realisation"):
        budgeting.when(phase)
        for refused in (
            await budgeting.deposit(citizen, budget),
            await budgeting.edit(citizen, project),
            await budgeting.withdraw(citizen, project),
        ):
            assert (refused.status_code, refused.json()["code"]) == (409, "not-in-this-phase"), phase
    assert await budgeting.listed(budget) == [project]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"area": "south"}, "unknown-area"),
        ({"estimate": "0"}, "validation-failed"),
        ({"title": ""}, "validation-failed"),
    ],
)
async def test_what_cannot_be_a_project_is_refused(budgeting: BudgetTown, changes: dict[str, Any], code: str) -> None:
    budget = await budgeting.published()
    budgeting.when("deposit")
    refused = await budgeting.deposit(budgeting.service.citizen(), budget, **changes)
    assert (refused.status_code, refused.json()["code"]) == (422, code)


async def test_agents_say_what_a_project_costs_and_whether_it_can_be_done(budgeting: BudgetTown) -> None:
    budget, citizen, agent = await budgeting.published(), budgeting.service.citizen(), budgeting.service.agent()
    budgeting.when("deposit")
    project = (await budgeting.deposit(citizen, budget)).json()
    early = await budgeting.analyse(agent, project)
    assert (early.status_code, early.json()["code"]) == (409, "not-in-this-phase")
    budgeting.when("analysis")
    assert (await budgeting.analyse(citizen, project)).status_code == 403
    assert (await budgeting.analyse(budgeting.service.agent("lutece"), project)).status_code == 404
    found = await budgeting.analyse(agent, project, "31000", feasible=False)
    assert (found.json()["state"], found.json()["analysis"]["cost"]) == ("infeasible", "31000")
    assert (await budgeting.analyse(agent, project)).status_code == 412
    again = await budgeting.analyse(agent, found.json(), "29000")
    assert [p["state"] for p in await budgeting.listed(budget)] == [again.json()["state"]] == ["feasible"]


async def test_the_list_is_filtered_and_read_page_by_page(budgeting: BudgetTown) -> None:
    budget, citizen = await budgeting.published(), budgeting.service.citizen()
    budgeting.when("deposit")
    for number, area in enumerate(["north", None, "north", None, "north"]):
        budgeting.now += timedelta(seconds=1)
        await budgeting.deposit(citizen, budget, title=f"Banc 100% n° {number}", area=area)
    path = f"/v1/collectivities/paris/budgets/{budget['id']}/projects"
    found, url = [], f"{path}?limit=2"
    while url:
        answer = (await budgeting.client.get(url)).json()
        found += [item["title"][-1] for item in answer["items"]]
        url = answer["next_cursor"] and f"{path}?limit=2&cursor={answer['next_cursor']}"
        back = answer["prev_cursor"]
    assert found == list("43210")
    before = (await budgeting.client.get(f"{path}?limit=2&cursor={back}")).json()
    assert [item["title"][-1] for item in before["items"]] == ["2", "1"]
    assert [p["title"][-1] for p in await budgeting.listed(budget, "?area=north")] == ["4", "2", "0"]
    assert [p["title"][-1] for p in await budgeting.listed(budget, "?q=100%25 N° 3")] == ["3"]
    assert await budgeting.listed(budget, "?state=feasible") == []
    other = f"{path}?limit=2&area=north&cursor={back}"
    assert (await budgeting.client.get(other)).json()["code"] == "invalid-cursor"
    for missing in (path.replace("paris", "lutece"), path.replace(budget["id"], citizen.subject)):
        assert (await budgeting.client.get(missing)).status_code == 404


async def test_a_page_of_600_projects_is_one_query(budgeting: BudgetTown) -> None:
    budget = await budgeting.published()
    database = budgeting.service.runtime.database
    await database.pool.execute(
        "INSERT INTO budget_project (id, collectivity, budget_id, person, title, description, estimate, state, version,"
        " created_at) SELECT gen_random_uuid(), 'paris', $1, gen_random_uuid(), 'Banc ' || n, '', '1', 'deposited',"
        " 1, now() + n * interval '1 second' FROM generate_series(1, 600) n",
        budget["id"],
    )
    took = []
    for _ in range(20):
        began = time.perf_counter()
        assert len(await budgeting.listed(budget, "?limit=100")) == 100
        took.append(time.perf_counter() - began)
    # What one machine promises is measured by the benchmark; this finds a page that reads each project by itself.
    assert min(took[len(took) // 2 :]) < 0.5
