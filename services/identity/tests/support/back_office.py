# SPDX-License-Identifier: EUPL-1.2
"""Administrators at work: signed in, and calling the APIs that are theirs."""

from typing import Any
from uuid import uuid4

import httpx
from fake_provider import agent
from identity_town import Attempt, Town


async def administrator(town: Town, scope: str) -> str:
    """The access token of the administrator of Paris, with these scopes."""
    await town.register("back-office", audience="agent", type="public", consent="implied", scopes=sorted(scope.split()))
    attempt = Attempt(client_id="back-office", scope=scope)
    town.agents.person = agent(email="sophie.lambert@paris.example", sub="sophie")
    answer = await town.exchange(attempt, await town.browser().code(attempt, "ProConnect"))
    assert answer.status_code == 200, answer.text
    token: str = answer.json()["access_token"]
    return token


async def call(town: Town, method: str, path: str, token: str, body: Any = None, **headers: str) -> httpx.Response:
    """A call with that token; a POST has a key of its own unless it says which version it means."""
    given = {"authorization": f"Bearer {token}", **headers}
    if method == "POST" and "if-match" not in given:
        given.setdefault("idempotency-key", str(uuid4()))
    async with town.client() as http:
        return await http.request(method, path, json=body, headers=given)
