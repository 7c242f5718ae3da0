# SPDX-License-Identifier: EUPL-1.2
"""A town with a secret poll: voters who seal their ballots as browsers do, and a board that counts."""

import asyncio
import itertools
import os
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from parvis_participation.api import ballots, context, desks, eligibility, polls
from parvis_participation.domain.counting.election import Choice
from parvis_participation.domain.paper import commitment_of, fold
from parvis_participation.service.board_keys import make_board_key
from parvis_participation.service.envelope import public_key, seal
from parvis_testing import Caller, Harness

MOST = 3
TEXT = {"fr": "Texte", "en": "Text"}


def sealed_ballot(poll: dict[str, Any], choice: Choice, content: bytes | None = None) -> dict[str, str]:
    """What a browser sends for that choice."""
    content = content or fold(choice, os.urandom(32), poll["ballot"]["most"])
    envelope = seal(content, UUID(poll["id"]), public_key(bytes.fromhex(poll["board"]["key"])))
    return {
        "commitment": commitment_of(content).hex(),
        "sealed": urlsafe_b64encode(envelope).decode().rstrip("="),
    }


def approve(*codes: str) -> Choice:
    return tuple((code, 1) for code in codes)


def civil_status(name: str, **changes: str) -> dict[str, str]:
    return {
        "given_names": "Angela Claire",
        "family_name": name,
        "gender": "female",
        "birth_date": "1962-08-24",
        "birth_place": "75107",
        "birth_country": "99100",
        **changes,
    }


class PollTown:
    """A short way to do over the API what the tests do often; the poll's hour is chosen by ``when``."""

    def __init__(self, service: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
        self.service = service
        self.client = service.client
        self.key, self.shares = make_board_key(3, 2)
        self._patch = monkeypatch
        self._keys = itertools.count()
        self.when("before")

    def when(self, moment: str) -> None:
        """Before the poll opens, while it is open, or after its close."""
        hours = {"before": 0, "open": 2, "after": 4}[moment]
        self.now = datetime.now(UTC) + timedelta(hours=hours)
        for module in (polls, ballots, eligibility, desks, context):
            self._patch.setattr(module, "now", lambda: self.now)

    def body(self, **changes: Any) -> dict[str, Any]:
        opens = datetime.now(UTC) + timedelta(hours=1)
        costs = {"park": "60000", "bench": "40000", "lamp": "30000.50"}
        return {
            "title": TEXT,
            "description": TEXT,
            "options": [{"code": code, "label": TEXT, "cost": cost} for code, cost in costs.items()],
            "budgets": [{"area": None, "amount": "100000"}],
            "ballot": {"kind": "approval", "least": 1, "most": MOST},
            "method": {"rule": "greedy"},
            "board": {"key": self.key.hex(), "members": 3, "threshold": 2},
            "opens_at": opens.isoformat(),
            "closes_at": (opens + timedelta(hours=2)).isoformat(),
            **changes,
        }

    async def create(self, agent: Caller, **changes: Any) -> httpx.Response:
        return await self.client.post("/v1/polls", json=self.body(**changes), headers=self.headers(agent))

    async def publish(self, agent: Caller, poll: dict[str, Any]) -> httpx.Response:
        headers = self.headers(agent) | {"If-Match": f'"{poll["version"]}"'}
        return await self.client.post(
            f"/v1/polls/{poll['id']}/transitions", json={"action": "publish"}, headers=headers
        )

    async def open(self, *listed: str, **changes: Any) -> dict[str, Any]:
        """A published poll, at an hour when it is open; for the people of a list where some are named."""
        agent = self.service.agent()
        self.when("before")
        made = (await self.create(agent, **changes)).json()
        for name in listed:
            assert (await self.list_people(made, civil_status(name))).status_code == 201
        poll: dict[str, Any] = (await self.publish(agent, made)).json()
        self.when("open")
        return poll

    async def list_people(
        self, poll: dict[str, Any], *people: dict[str, str], agent: Caller | None = None
    ) -> httpx.Response:
        path = f"/v1/polls/{poll['id']}/entitled-people"
        headers = self.headers(agent or self.service.agent())
        return await self.client.post(path, json={"people": people}, headers=headers)

    def voter(self, **claims: Any) -> Caller:
        return self.service.citizen(**{"acr": "eidas1", **claims})

    async def cast(self, voter: Caller, poll: dict[str, Any], ballot: dict[str, str] | Choice) -> httpx.Response:
        """Vote; as a front-end does, come back with the very same ballot when told to (503, Retry-After)."""
        body = ballot if isinstance(ballot, dict) else sealed_ballot(poll, ballot)
        path = f"/v1/polls/{poll['id']}/ballots"
        while (answer := await self.client.post(path, json=body, headers=voter.headers)).status_code == 503:
            assert answer.headers["retry-after"]
            await asyncio.sleep(0.5)
        return answer

    async def count(self, poll: dict[str, Any], *members: int, agent: Caller | None = None) -> httpx.Response:
        shares = [{"number": n, "share": share.hex()} for n, share in self.shares if n in (members or (1, 2))]
        caller = agent or self.service.agent()
        return await self.client.post(
            f"/v1/polls/{poll['id']}/counts", json={"shares": shares}, headers=self.headers(caller)
        )

    async def file(self, poll: dict[str, Any], name: str) -> httpx.Response:
        return await self.client.get(f"/v1/collectivities/paris/polls/{poll['id']}/files/{name}")

    async def rows(self, table: str) -> int:
        return int(await self.service.runtime.database.pool.fetchval(f"SELECT count(*) FROM {table}"))

    def headers(self, caller: Caller) -> dict[str, str]:
        return caller.headers | {"Idempotency-Key": f"poll-{next(self._keys)}"}
