# SPDX-License-Identifier: EUPL-1.2
"""A short way to prepare, convene and follow assemblies over the API."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from participation_town import Town

from parvis_kit.clocks import PARIS
from parvis_participation.domain.town_day import day_of
from parvis_testing import Caller

LIST = "/v1/collectivities/paris/assemblies"
TEXT = {"fr": "Texte", "en": "Text"}
LINKS = [{"label": TEXT, "url": "https://paris.example/charter.pdf"}]
_keys = itertools.count()


def day(days: int) -> str:
    return (day_of(datetime.now(UTC), PARIS) + timedelta(days=days)).isoformat()


def assembly_body(**changes: Any) -> dict[str, Any]:
    return {"name": TEXT, "description": TEXT, "area": "est", "links": LINKS, "quorum": 50} | changes


def session_body(hours: float = 1, **changes: Any) -> dict[str, Any]:
    begins = datetime.now(UTC) + timedelta(hours=hours)
    times = {"begins_at": begins.isoformat(), "ends_at": (begins + timedelta(hours=2)).isoformat()}
    return {"title": TEXT, "place": TEXT, "agenda": [{"title": TEXT}]} | times | changes


class Assembly:
    """One assembly and an agent who keeps it."""

    def __init__(self, town: Town, made: dict[str, Any]) -> None:
        self.town, self.id, self.agent = town, made["id"], town.service.agent()
        self.public = f"{LIST}/{self.id}"

    async def post(self, path: str, body: dict[str, Any], **headers: str) -> httpx.Response:
        return await post(self.town, self.agent, path, body, **headers)

    async def member(self, person: Caller | None = None, **changes: Any) -> dict[str, Any]:
        body = {"name": "Camille Dubois", "listed": True, "begins_on": day(-1), "ends_on": day(30)} | changes
        body |= {"person": person.subject} if person else {}
        answer = await self.post(f"/v1/assemblies/{self.id}/members", body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def session(self, **changes: Any) -> dict[str, Any]:
        answer = await self.post(f"/v1/assemblies/{self.id}/sessions", session_body(**changes))
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def act(self, session: dict[str, Any], action: str) -> httpx.Response:
        headers = {"If-Match": f'"{session["version"]}"'}
        return await self.post(f"/v1/assembly-sessions/{session['id']}/transitions", {"action": action}, **headers)

    async def note(self, session: dict[str, Any], **presences: str) -> httpx.Response:
        given = [{"member_id": member, "presence": presence} for member, presence in presences.items()]
        headers = self.agent.headers | {"If-Match": f'"{session["version"]}"'}
        path = f"/v1/assembly-sessions/{session['id']}/attendances"
        return await self.town.client.put(path, json={"attendances": given}, headers=headers)

    async def minutes(self, session: dict[str, Any], text: str) -> httpx.Response:
        return await self.post(f"/v1/assembly-sessions/{session['id']}/minutes", {"text": text})

    async def act_on_minutes(self, minutes: dict[str, Any], action: str, **given: Any) -> httpx.Response:
        path = f"/v1/assembly-sessions/{minutes['session_id']}/minutes/{minutes['number']}/transitions"
        return await self.post(path, {"action": action} | given)

    async def mine(self, who: Caller, what: str, method: str = "PUT", body: Any = None) -> httpx.Response:
        path = f"/v1/assemblies/{self.id}/{what}/mine"
        return await self.town.client.request(method, path, json=body, headers=who.headers)

    async def read(self, path: str) -> Any:
        answer = await self.town.client.get(f"{self.public}{path}")
        assert answer.status_code == 200, answer.text
        return answer.json()


async def post(town: Town, who: Caller, path: str, body: dict[str, Any], **headers: str) -> httpx.Response:
    own = {"Idempotency-Key": f"assembly-{next(_keys)}"} | headers
    return await town.client.post(path, json=body, headers=who.headers | own)


async def published(town: Town, **changes: Any) -> Assembly:
    made = Assembly(town, (await post(town, town.service.agent(), "/v1/assemblies", assembly_body(**changes))).json())
    answer = await made.post(f"/v1/assemblies/{made.id}/transitions", {"action": "publish"}, **{"If-Match": '"1"'})
    assert answer.status_code == 201, answer.text
    return made
