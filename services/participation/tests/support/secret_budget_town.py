# SPDX-License-Identifier: EUPL-1.2
"""A town whose participatory budget is voted on in secret: the residents' town and the board's, at one hour."""

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from budget_town import CLOCKS, BudgetTown
from poll_town import PollTown

from parvis_participation.api import ballots, context, desks, eligibility, poll_changes, polls
from parvis_participation.domain.counting.election import Choice
from parvis_participation.service.count_budgets import count_budgets
from parvis_participation.service.sign_roots import sign_roots
from parvis_testing import Caller, Harness

CHECKER = Path(__file__).parents[4] / "examples" / "secret-poll" / "check_poll.py"
FILES = ("record.json", "commitments.txt", "urn.csv", "acts.jsonl")


class SecretBudgetTown(BudgetTown):
    """The budget's steps by its own methods, those of its poll by ``board``."""

    def __init__(self, service: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
        self.board = PollTown(service, monkeypatch)
        super().__init__(service, monkeypatch)

    def when(self, phase: str) -> None:
        super().when(phase)
        for module in (*CLOCKS, ballots, context, desks, eligibility, poll_changes, polls):
            if hasattr(module, "now"):
                self._patch.setattr(module, "now", lambda: self.now)

    def body(self, **changes: Any) -> dict[str, Any]:
        board = {"key": self.board.key.hex(), "members": 3, "threshold": 2}
        return super().body(**{"board": board, **changes})

    async def poll(self, budget: dict[str, Any]) -> dict[str, Any]:
        """The poll as a voter reads it."""
        answer = await self.client.get(f"/v1/collectivities/paris/polls/{budget['id']}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def cast_all(self, budget: dict[str, Any], *choices: Choice) -> list[dict[str, str]]:
        """One voter for each choice; their receipts."""
        poll = await self.poll(budget)
        answers = await asyncio.gather(*(self.board.cast(self.voter(), poll, choice) for choice in choices))
        assert {answer.status_code for answer in answers} == {200}, [answer.text for answer in answers]
        return [answer.json() for answer in answers]

    async def sign_roots(self) -> None:
        await sign_roots(self.service.runtime.database, self.chain._seals, self.now)  # noqa: SLF001 - the same keys

    async def board_counts(self, budget: dict[str, Any]) -> dict[str, Any]:
        """The result, once the vote has closed and two of the board have opened the urn."""
        self.when("result")
        assert await count_budgets(self.service.runtime.database, self.now) == 0, "no clock opens an urn"
        counted = await self.board.count(budget)
        assert counted.status_code == 201, counted.text
        return await self.results(budget)

    async def results(self, budget: dict[str, Any]) -> dict[str, Any]:
        answer = await self.client.get(f"/v1/collectivities/paris/budgets/{budget['id']}/results")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def change_vote_times(self, agent: Caller, budget: dict[str, Any], **wish: Any) -> httpx.Response:
        body = {"reason": {"fr": "Panne", "en": "Outage"}, **wish}
        return await self.client.post(f"/v1/polls/{budget['id']}/changes", json=body, headers=self.headers(agent))

    async def checked(self, budget: dict[str, Any], folder: Path) -> tuple[int, str]:
        """What the stand-alone checker says of the poll's files."""
        for name in FILES:
            (folder / name).write_text((await self.board.file(budget, name)).text, "utf-8")
        key = (await self.poll(budget))["signing_key"]
        command = [sys.executable, CHECKER, folder, "--key", key]
        done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False, timeout=60)
        return done.returncode, done.stdout + done.stderr
