# SPDX-License-Identifier: EUPL-1.2
"""A short way to prepare and follow processes over the API."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from participation_town import Town

from parvis_testing import Caller

LIST = "/v1/collectivities/paris/processes"
TEXT = {"fr": "Texte", "en": "Text"}
_keys = itertools.count()


def phase(code: str, hours: float, *acts: str) -> dict[str, Any]:
    begins_at = (datetime.now(UTC) + timedelta(hours=hours)).isoformat()
    return {"code": code, "title": TEXT, "begins_at": begins_at, "acts": list(acts)}


def process_body(*phases: dict[str, Any], **changes: Any) -> dict[str, Any]:
    ends_at = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    given = list(phases) or [phase("now", -1, "answer-survey")]
    links = [{"label": TEXT, "url": "https://paris.example/plan.pdf"}]
    return {"title": TEXT, "description": TEXT, "links": links, "phases": given, "ends_at": ends_at} | changes


async def post(town: Town, who: Caller, path: str, body: dict[str, Any], **headers: str) -> httpx.Response:
    own = {"Idempotency-Key": f"process-{next(_keys)}"} | headers
    return await town.client.post(f"/v1/processes{path}", json=body, headers=who.headers | own)


async def published(town: Town, *phases: dict[str, Any], **changes: Any) -> dict[str, Any]:
    agent = town.service.agent()
    made = (await post(town, agent, "", process_body(*phases, **changes))).json()
    answer = await post(town, agent, f"/{made['id']}/transitions", {"action": "publish"}, **{"If-Match": '"1"'})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def join(town: Town, process: dict[str, Any], kind: str, part: dict[str, Any]) -> httpx.Response:
    return await post(town, town.service.agent(), f"/{process['id']}/parts", {"kind": kind, "id": part["id"]})


async def tell(town: Town, process: dict[str, Any]) -> httpx.Response:
    return await post(town, town.service.agent(), f"/{process['id']}/news", {"title": TEXT, "text": TEXT})


async def follow(town: Town, who: Caller, process: dict[str, Any], method: str = "PUT") -> httpx.Response:
    return await town.client.request(method, f"/v1/processes/{process['id']}/followers/mine", headers=who.headers)
