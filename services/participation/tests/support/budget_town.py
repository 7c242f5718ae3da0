# SPDX-License-Identifier: EUPL-1.2
"""A town with a participatory budget: residents who propose, services that analyse; the hour is chosen by ``when``."""

import asyncio
import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from parvis_participation.api import budgets, comments, milestones, projects, votes
from parvis_participation.service.chain_acts import Chain
from parvis_participation.service.count_budgets import count_budgets
from parvis_participation.service.freeze_budgets import freeze_budgets
from parvis_participation.service.seals import Seals
from parvis_testing import Caller, Harness

TEXT = {"fr": "Texte", "en": "Text"}
PHASES = ("call", "deposit", "analysis", "vote", "result", "realisation")
CLOCKS = (budgets, comments, milestones, projects, votes)


class BudgetTown:
    """A short way to do over the API what the tests do often."""

    def __init__(self, service: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
        self.service = service
        self.client = service.client
        self._patch = monkeypatch
        self._keys = itertools.count()
        self.chain = Chain(Seals(service.runtime.master))
        self._begin = datetime.now(UTC)
        self.when("announced")

    def when(self, phase: str) -> None:
        """In the midst of that phase; a phase lasts two hours here."""
        self.now = self._begin + timedelta(hours=2 * (["announced", *PHASES].index(phase)))
        for module in CLOCKS:
            self._patch.setattr(module, "now", lambda: self.now)

    def tick(self) -> None:
        """A second later."""
        self.now += timedelta(seconds=1)

    def body(self, **changes: Any) -> dict[str, Any]:
        times = {f"{phase}_at": self._begin + timedelta(hours=2 * n + 1) for n, phase in enumerate(PHASES)}
        return {
            "title": TEXT,
            "description": TEXT,
            "phases": {name: at.isoformat() for name, at in times.items()},
            "budgets": [{"area": None, "amount": "100000"}, {"area": "north", "amount": "50000"}],
            "ballot": {"kind": "approval", "least": 1, "most": 3},
            "method": {"rule": "greedy"},
            **changes,
        }

    async def create(self, agent: Caller, **changes: Any) -> httpx.Response:
        return await self.client.post("/v1/budgets", json=self.body(**changes), headers=self.headers(agent))

    async def publish(self, agent: Caller, budget: dict[str, Any]) -> httpx.Response:
        headers = self.headers(agent, budget)
        return await self.client.post(
            f"/v1/budgets/{budget['id']}/transitions", json={"action": "publish"}, headers=headers
        )

    async def published(self, **changes: Any) -> dict[str, Any]:
        """An announced budget."""
        agent = self.service.agent()
        self.when("announced")
        budget: dict[str, Any] = (await self.publish(agent, (await self.create(agent, **changes)).json())).json()
        return budget

    async def deposit(self, citizen: Caller, budget: dict[str, Any], **changes: Any) -> httpx.Response:
        body = {"title": "Un jardin", "description": "Derrière l'école.", "estimate": "20000", **changes}
        return await self.client.post(f"/v1/budgets/{budget['id']}/projects", json=body, headers=self.headers(citizen))

    async def edit(self, citizen: Caller, project: dict[str, Any], **changes: Any) -> httpx.Response:
        body = {"title": "Un jardin", "description": "Derrière l'école.", "estimate": "20000", **changes}
        return await self.client.put(f"/v1/projects/{project['id']}", json=body, headers=self.headers(citizen, project))

    async def withdraw(self, citizen: Caller, project: dict[str, Any]) -> httpx.Response:
        return await self.client.delete(f"/v1/projects/{project['id']}", headers=self.headers(citizen, project))

    async def analyse(
        self, agent: Caller, project: dict[str, Any], cost: str = "30000", *, feasible: bool = True
    ) -> httpx.Response:
        body = {"feasible": feasible, "cost": cost, "reasons": TEXT}
        return await self.client.put(
            f"/v1/projects/{project['id']}/analysis", json=body, headers=self.headers(agent, project)
        )

    async def to_vote(self, *projects: tuple[str, str | None], **changes: Any) -> dict[str, Any]:
        """A budget whose vote is open, on projects of these costs and areas, numbered from 1."""
        budget, citizen, agent = await self.published(**changes), self.service.citizen(), self.service.agent()
        self.when("deposit")
        made = []
        for _, area in projects:
            # Numbers follow the order of the deposits, and two may come at one instant of a stopped clock.
            self.now += timedelta(seconds=1)
            made.append((await self.deposit(citizen, budget, area=area)).json())
        self.when("analysis")
        for project, (cost, _) in zip(made, projects, strict=True):
            assert (await self.analyse(agent, project, cost)).status_code == 200
        self.when("vote")
        await freeze_budgets(self.service.runtime.database, self.chain, self.now)
        return await self.read(budget)

    def voter(self, **claims: Any) -> Caller:
        return self.service.citizen(**{"acr": "eidas1", **claims})

    async def vote(self, voter: Caller, budget: dict[str, Any], *codes: str, **points: int) -> httpx.Response:
        """Vote for these numbers; ``p3=2`` gives two points to number 3."""
        picks: list[dict[str, Any]] = [{"code": code} for code in codes]
        picks += [{"code": name[1:], "points": given} for name, given in points.items()]
        path = f"/v1/budgets/{budget['id']}/votes"
        headers = self.headers(voter)
        answer = await self.client.post(path, json={"choice": picks}, headers=headers)
        if answer.status_code == 503:
            # As a front-end does when told to come back.
            await asyncio.sleep(float(answer.headers["retry-after"]))
            return await self.vote(voter, budget, *codes, **points)
        return answer

    async def change(self, voter: Caller, budget: dict[str, Any], vote: dict[str, Any], *codes: str) -> httpx.Response:
        body = {"choice": [{"code": code} for code in codes]}
        path = f"/v1/budgets/{budget['id']}/votes/mine"
        return await self.client.put(path, json=body, headers=self.headers(voter, vote))

    async def take_back(self, voter: Caller, budget: dict[str, Any], vote: dict[str, Any]) -> httpx.Response:
        path = f"/v1/budgets/{budget['id']}/votes/mine"
        return await self.client.delete(path, headers=self.headers(voter, vote))

    async def own(self, voter: Caller, budget: dict[str, Any]) -> httpx.Response:
        return await self.client.get(f"/v1/budgets/{budget['id']}/votes/mine", headers=voter.headers)

    async def counted(self, budget: dict[str, Any]) -> dict[str, Any]:
        """The result, once the vote has closed."""
        self.when("result")
        await count_budgets(self.service.runtime.database, self.now)
        answer = await self.client.get(f"/v1/collectivities/paris/budgets/{budget['id']}/results")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def file(self, budget: dict[str, Any], name: str) -> httpx.Response:
        return await self.client.get(f"/v1/collectivities/paris/budgets/{budget['id']}/files/{name}")

    async def read(self, budget: dict[str, Any]) -> dict[str, Any]:
        answer = await self.client.get(f"/v1/collectivities/paris/budgets/{budget['id']}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def listed(self, budget: dict[str, Any], query: str = "") -> list[dict[str, Any]]:
        answer = await self.client.get(f"/v1/collectivities/paris/budgets/{budget['id']}/projects{query}")
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def rows(self, table: str) -> int:
        return int(await self.service.runtime.database.pool.fetchval(f"SELECT count(*) FROM {table}"))

    def headers(self, caller: Caller, seen: dict[str, Any] | None = None) -> dict[str, str]:
        condition = {} if seen is None else {"If-Match": f'"{seen["version"]}"'}
        return caller.headers | condition | {"Idempotency-Key": f"budget-{next(self._keys)}"}
