# SPDX-License-Identifier: EUPL-1.2
from typing import Any

import httpx
from budget_town import TEXT, BudgetTown

from parvis_testing import Caller

BODY = {"title": {"fr": "Chantier ouvert", "en": "Works begun"}, "details": TEXT, "reached_on": "2027-05-04"}


async def report(budgeting: BudgetTown, caller: Caller, project: dict[str, Any], **changes: Any) -> httpx.Response:
    path = f"/v1/projects/{project['id']}/milestones"
    return await budgeting.client.post(path, json=BODY | changes, headers=budgeting.headers(caller))


async def test_what_a_chosen_project_reaches_is_public(budgeting: BudgetTown) -> None:
    budget, agent = await budgeting.to_vote(("60000", None), ("60000", None)), budgeting.service.agent()
    await budgeting.vote(budgeting.voter(), budget, "1")
    await budgeting.counted(budget)
    second, first = await budgeting.listed(budget)
    early = await report(budgeting, agent, first)
    assert (early.status_code, early.json()["code"]) == (409, "not-in-this-phase")
    budgeting.when("realisation")
    made = await report(budgeting, agent, first)
    assert (made.status_code, made.json()["title"]) == (201, "Chantier ouvert")
    budgeting.tick()
    later = await report(budgeting, agent, first, reached_on="2027-09-01")
    path = f"/v1/collectivities/paris/budgets/{budget['id']}/projects/{first['id']}/milestones"
    assert (await budgeting.client.get(path)).json()["items"] == [later.json(), made.json()]
    page = (await budgeting.client.get(f"{path}?limit=1", headers={"Accept-Language": "en"})).json()
    assert [item["title"] for item in page["items"]] == ["Works begun"]
    following = (await budgeting.client.get(f"{path}?limit=1&cursor={page['next_cursor']}")).json()
    assert following["items"] == [made.json()]
    lost = await report(budgeting, agent, second)
    assert (lost.status_code, lost.json()["code"]) == (409, "project-not-chosen")
    assert (await report(budgeting, budgeting.voter(), first)).status_code == 403
    assert (await report(budgeting, budgeting.service.agent("lutece"), first)).status_code == 404
    assert (await budgeting.client.get(path.replace("paris", "lutece"))).status_code == 404
