# SPDX-License-Identifier: EUPL-1.2
"""A short way to petition and sign over the API."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from participation_town import Town

from parvis_testing import Caller

LIST = "/v1/collectivities/paris/petitions"
TEXT = {"fr": "Texte", "en": "Text"}
_keys = itertools.count()


def threshold(signatures: int, answer_days: int | None = None) -> dict[str, Any]:
    return {"signatures": signatures, "commitment": TEXT, "answer_days": answer_days}


def admission(**changes: Any) -> dict[str, Any]:
    closes_at = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    return {"outcome": "admitted", "thresholds": [threshold(2, 30)], "closes_at": closes_at} | changes


async def submit(town: Town, who: Caller, **changes: Any) -> httpx.Response:
    headers = who.headers | {"Idempotency-Key": f"petition-{next(_keys)}"}
    body = {"title": "Un passage piéton", "description": "Devant l'école."} | changes
    return await town.client.post("/v1/petitions", json=body, headers=headers)


async def edit(town: Town, who: Caller, petition: dict[str, Any], **changes: Any) -> httpx.Response:
    headers = who.headers | {"If-Match": f'"{petition["version"]}"'}
    body = {"title": "Deux passages piétons", "description": "Devant l'école."} | changes
    return await town.client.put(f"/v1/petitions/{petition['id']}", json=body, headers=headers)


async def withdraw(town: Town, who: Caller, petition: dict[str, Any]) -> httpx.Response:
    headers = who.headers | {"If-Match": f'"{petition["version"]}"'}
    return await town.client.delete(f"/v1/petitions/{petition['id']}", headers=headers)


async def act(town: Town, agent: Caller, petition: dict[str, Any], what: str, body: dict[str, Any]) -> httpx.Response:
    headers = agent.headers | {"Idempotency-Key": f"petition-{next(_keys)}", "If-Match": f'"{petition["version"]}"'}
    return await town.client.post(f"/v1/petitions/{petition['id']}/{what}", json=body, headers=headers)


async def decide(town: Town, agent: Caller, petition: dict[str, Any], **changes: Any) -> httpx.Response:
    return await act(town, agent, petition, "decisions", admission(**changes))


async def admitted(town: Town, author: Caller | None = None, **changes: Any) -> dict[str, Any]:
    petition = (await submit(town, author or town.service.citizen())).json()
    decided = await decide(town, town.service.agent(), petition, **changes)
    assert decided.status_code == 201, decided.text
    found: dict[str, Any] = decided.json()
    return found


async def sign(town: Town, who: Caller, petition: dict[str, Any], **wishes: bool) -> httpx.Response:
    return await town.client.put(f"/v1/petitions/{petition['id']}/signatures/mine", json=wishes, headers=who.headers)


async def take_back(town: Town, who: Caller, petition: dict[str, Any]) -> httpx.Response:
    return await town.client.delete(f"/v1/petitions/{petition['id']}/signatures/mine", headers=who.headers)


async def shown(town: Town, petition: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await town.client.get(f"{LIST}/{petition['id']}")).json()
    return found


async def told(town: Town) -> list[str]:
    rows = await town.service.runtime.database.pool.fetch("SELECT type FROM outbox")
    return sorted(row["type"].split(".")[3] for row in rows)
