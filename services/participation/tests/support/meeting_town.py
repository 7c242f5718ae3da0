# SPDX-License-Identifier: EUPL-1.2
"""A short way to announce public meetings and to register for them over the API."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from participation_town import Town

from parvis_testing import Caller

LIST = "/v1/collectivities/paris/meetings"
TEXT = {"fr": "Texte", "en": "Text"}
_keys = itertools.count()


def meeting_body(hours: float = 48, **changes: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    begins = now + timedelta(hours=hours)
    times = {
        "begins_at": begins,
        "ends_at": begins + timedelta(hours=2),
        "registration_opens_at": now - timedelta(hours=1),
        "registration_closes_at": begins,
    }
    body = {"title": TEXT, "description": TEXT, "place": TEXT, "places": 2}
    return body | {name: at.isoformat() for name, at in times.items()} | changes


class Meeting:
    """One meeting and an agent who announces it."""

    def __init__(self, town: Town, made: dict[str, Any]) -> None:
        self.town, self.id, self.agent = town, made["id"], town.service.agent()
        self.public, self.version = f"{LIST}/{self.id}", made["version"]

    async def send(self, method: str, path: str, body: Any = None) -> httpx.Response:
        """What an agent does with the version that they saw last."""
        own = {"Idempotency-Key": f"meeting-{next(_keys)}", "If-Match": f'"{self.version}"'}
        where = f"/v1/meetings/{self.id}{path}"
        answer = await self.town.client.request(method, where, json=body, headers=self.agent.headers | own)
        self.version = answer.json()["version"] if answer.is_success else self.version
        return answer

    async def act(self, action: str) -> httpx.Response:
        return await self.send("POST", "/transitions", {"action": action})

    async def change(self, **changes: Any) -> httpx.Response:
        return await self.send("PUT", "", meeting_body(**changes))

    async def mine(self, who: Caller, method: str = "PUT", name: str = "Ada Lovelace") -> httpx.Response:
        body = {"name": name} if method == "PUT" else None
        path = f"/v1/meetings/{self.id}/registrations/mine"
        return await self.town.client.request(method, path, json=body, headers=who.headers)

    async def state(self, who: Caller) -> str:
        answer = await self.mine(who, "GET")
        return str(answer.json()["state"]) if answer.is_success else str(answer.status_code)

    async def listed(self, state: str = "registered") -> list[dict[str, Any]]:
        path = f"/v1/meetings/{self.id}/registrations?state={state}"
        return list((await self.town.client.get(path, headers=self.agent.headers)).json()["items"])

    async def read(self) -> Any:
        answer = await self.town.client.get(self.public)
        assert answer.status_code == 200, answer.text
        return answer.json()


async def prepared(town: Town, **changes: Any) -> Meeting:
    headers = town.service.agent().headers | {"Idempotency-Key": f"meeting-{next(_keys)}"}
    answer = await town.client.post("/v1/meetings", json=meeting_body(**changes), headers=headers)
    assert answer.status_code == 201, answer.text
    return Meeting(town, answer.json())


async def announced(town: Town, **changes: Any) -> Meeting:
    meeting = await prepared(town, **changes)
    answer = await meeting.act("publish")
    assert answer.status_code == 201, answer.text
    return meeting
