# SPDX-License-Identifier: EUPL-1.2
"""The audience of a process holds for its proposals, budgets and assemblies, too."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx
from assembly_town import published as assembly_published
from budget_town import BudgetTown
from comment_town import Thread
from identity_rolls import Identity
from participation_town import Town
from process_town import join, published
from proposal_town import propose, support, verified

from parvis_testing import Caller

Acts = Mapping[str, Callable[[Caller], Awaitable[httpx.Response]]]
GROWN_UP: dict[str, Any] = {"minimum_age": 18}


async def only_grown_ups(acts: Acts, identity: Identity, old: Caller, young: Caller) -> None:
    identity.born |= {old.subject: "1962-08-24", young.subject: "2020-01-01"}
    for name, act in acts.items():
        refused = await act(young)
        assert (refused.status_code, refused.json()["code"]) == (403, "too-young"), name
        done = await act(old)
        assert done.is_success, f"{name}: {done.text}"


async def test_proposals_are_supported_discussed_and_amended_by_those_for_whom_they_are(
    town: Town, identity: Identity
) -> None:
    proposal = (await propose(town, town.service.citizen())).json()
    assert (await join(town, await published(town, audience=GROWN_UP), "proposal", proposal)).status_code == 201

    async def amend(who: Caller) -> httpx.Response:
        body = {"title": "Des bancs", "description": "À l'ombre.", "reasons": "Il fait chaud."}
        headers = who.headers | {"If-Match": '"1"', "Idempotency-Key": f"amend-{who.subject}"}
        return await town.client.post(f"/v1/proposals/{proposal['id']}/amendments", json=body, headers=headers)

    acts: Acts = {
        "support": lambda who: support(town, who, proposal),
        "comment": Thread(town.service, "proposal", proposal).write,
        "amendment": amend,
    }
    old, young = verified(town), verified(town)
    await only_grown_ups(acts, identity, old, young)
    assert (await support(town, young, proposal, supporting=False)).status_code == 200, "what is taken back is for all"


async def test_a_budget_is_of_those_for_whom_it_is(budgeting: BudgetTown, town: Town, identity: Identity) -> None:
    process = await published(town, audience=GROWN_UP)
    old, young = (town.service.citizen(acr="eidas1") for _ in range(2))
    budget = await budgeting.published()
    assert (await join(town, process, "budget", budget)).status_code == 201
    budgeting.when("deposit")
    await only_grown_ups({"deposit": lambda who: budgeting.deposit(who, budget)}, identity, old, young)


async def test_who_it_is_not_for_neither_votes_nor_discusses_projects(
    budgeting: BudgetTown, town: Town, identity: Identity
) -> None:
    budget = await budgeting.to_vote(("100", None), ("200", None))
    assert (await join(town, await published(town, audience=GROWN_UP), "budget", budget)).status_code == 201
    (project, *_) = await budgeting.listed(budget)
    acts: Acts = {
        "vote": lambda who: budgeting.vote(who, budget, "1"),
        "comment": Thread(town.service, "project", project).write,
    }
    await only_grown_ups(acts, identity, *(town.service.citizen(acr="eidas1") for _ in range(2)))


async def test_lots_are_drawn_of_those_for_whom_the_assembly_is(town: Town, identity: Identity) -> None:
    assembly = await assembly_published(town)
    process = await published(town, audience=GROWN_UP)
    assert (await join(town, process, "assembly", {"id": assembly.id})).status_code == 201
    body = {"name": "Ada", "listed": False}
    acts: Acts = {"volunteer": lambda who: assembly.mine(who, "volunteers", body=body)}
    await only_grown_ups(acts, identity, verified(town), verified(town))
