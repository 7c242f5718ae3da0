# SPDX-License-Identifier: EUPL-1.2
"""A short way to do over the API what tests do with refusals and those who contest them."""

import json
from datetime import datetime
from typing import Any, Final

import httpx
from requests_town import Town
from workflows import state, transition

from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.ring_timers import ring_timers
from parvis_testing import Caller

WHY: Final = "La salle était libre ce jour-là."
REFUSING: Final[dict[str, Any]] = {
    "initial": "submitted",
    "states": [
        state("submitted"),
        state("refused", final=True) | {"refusal": True},
        state("refused-by-silence", final=True),
        state("granted", final=True),
    ],
    "transitions": [
        transition("refuse", ["submitted"], "refused", "agent", guards=[{"kind": "reason"}]),
        transition("grant", ["submitted"], "granted", "agent"),
        transition("silence", ["submitted"], "refused-by-silence", "system"),
    ],
}
LEGAL: Final = {
    "silence": "rejected",
    "months": 2,
    "action": "silence",
    "source": {"fr": "Article L231-4", "en": "Article L231-4"},
}


class Contesting:
    """Refusals of one type of a town, and the appeals against them."""

    def __init__(self, town: Town, code: str) -> None:
        self.town = town
        self.code = code

    async def filed(self, citizen: Caller) -> dict[str, Any]:
        answer = await self.town.submit(citizen, request_type=self.code, answers={})
        assert answer.status_code == 201, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def refused(self, citizen: Caller, agent: Caller) -> dict[str, Any]:
        request = await self.filed(citizen)
        answer = await self.town.act(agent, request, "refuse", '"1"', reason="La salle est prise.")
        assert answer.status_code == 201, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def contest(
        self, caller: Caller, request: dict[str, Any], kind: str = "reconsideration", **more: Any
    ) -> httpx.Response:
        headers = caller.headers | {"Idempotency-Key": self.town.key()}
        body = {"kind": kind, "text": WHY, **more}
        return await self.town.client.post(f"/v1/requests/{request['id']}/appeals", json=body, headers=headers)

    async def lodged(
        self, caller: Caller, request: dict[str, Any], kind: str = "reconsideration", **more: Any
    ) -> dict[str, Any]:
        answer = await self.contest(caller, request, kind, **more)
        assert answer.status_code == 201, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def do(
        self, caller: Caller, request: dict[str, Any], appeal: dict[str, Any], act: str, **body: Any
    ) -> httpx.Response:
        headers = caller.headers | {"Idempotency-Key": self.town.key(), "If-Match": f'"{appeal["version"]}"'}
        path = f"/v1/requests/{request['id']}/appeals/{appeal['id']}/{act}"
        return await self.town.client.post(path, json=body or None, headers=headers)

    async def listed(self, caller: Caller, request: dict[str, Any], **headers: str) -> list[dict[str, Any]]:
        answer = await self.town.get(caller, f"/v1/requests/{request['id']}/appeals", **headers)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def read(self, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
        body: dict[str, Any] = (await self.town.get(caller, f"/v1/requests/{request['id']}")).json()
        return body

    async def ring(self, now: datetime) -> int:
        runtime = self.town.service.runtime
        return await ring_timers(runtime.database, Catalogues(runtime.database, 10), runtime.persons, now)

    async def told(self, request: dict[str, Any], sequence: int, language: str = "fr") -> dict[str, Any]:
        headers = self.town.service.system().headers | {"Accept-Language": language}
        path = f"/internal/v1/requests/{request['id']}/appeal-steps/{sequence}?collectivity=paris"
        answer = await self.town.service.internal.get(path, headers=headers)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body


async def contesting(town: Town, **changes: Any) -> Contesting:
    """A new type of request that can be refused."""
    code = f"contested-{town.key()}"
    await town.publish(code, **{"workflow": REFUSING, "legal": LEGAL, **changes})
    return Contesting(town, code)


async def events(town: Town, name: str, request: dict[str, Any]) -> list[dict[str, Any]]:
    """What was told of a request under that name, in its order."""
    rows = await town.service.runtime.database.pool.fetch(
        "SELECT data FROM outbox WHERE type = $1 AND data::jsonb ->> 'request_id' = $2 ORDER BY sequence",
        f"fr.parvis.requests.{name}.v1",
        request["id"],
    )
    return [json.loads(row["data"]) for row in rows]
