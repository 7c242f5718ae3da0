# SPDX-License-Identifier: EUPL-1.2
import itertools
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from parvis_testing import Caller, Harness

_PARIS = ZoneInfo("Europe/Paris")


def in_days(days: float, since: datetime | None = None) -> datetime:
    """At the same hour so many days later by French clocks, by which days are counted: two a year have no 24 hours."""
    return ((since or datetime.now(UTC)).astimezone(_PARIS) + timedelta(days=days)).astimezone(UTC)


class Town:
    """A short way to do over the API what the tests do often."""

    _keys = itertools.count()

    def __init__(self, service: Harness) -> None:
        self.service = service
        self.client = service.client

    async def create(self, agent: Caller, **changes: Any) -> httpx.Response:
        now = datetime.now(UTC)
        text = {"fr": "Texte", "en": "Text"}
        body = {
            "title": text,
            "description": text,
            "question": text,
            "options": [{"code": code, "label": text} for code in ("yes", "no")],
            "opens_at": (now - timedelta(hours=1)).isoformat(),
            "closes_at": (now + timedelta(hours=1)).isoformat(),
            **changes,
        }
        return await self.client.post("/v1/consultations", json=body, headers=self.headers(agent))

    async def act(self, agent: Caller, consultation: dict[str, Any], action: str) -> httpx.Response:
        headers = self.headers(agent) | {"If-Match": f'"{consultation["version"]}"'}
        path = f"/v1/consultations/{consultation['id']}/transitions"
        return await self.client.post(path, json={"action": action}, headers=headers)

    async def opened(self, **changes: Any) -> dict[str, Any]:
        agent = self.service.agent()
        created = (await self.create(agent, **changes)).json()
        published: dict[str, Any] = (await self.act(agent, created, "publish")).json()
        return published

    async def answer(
        self, citizen: Caller, consultation: dict[str, Any], option: str = "yes", key: str | None = None
    ) -> httpx.Response:
        headers = self.headers(citizen, key)
        return await self.client.post(
            f"/v1/consultations/{consultation['id']}/answers", json={"option": option}, headers=headers
        )

    async def counts(self, consultation: dict[str, Any]) -> dict[str, int]:
        agent = self.service.agent()
        answer = await self.client.get(f"/v1/consultations/{consultation['id']}/results", headers=agent.headers)
        return {item["code"]: item["count"] for item in answer.json()["counts"]}

    async def count(self, table: str) -> int:
        return int(await self.service.runtime.database.pool.fetchval(f"SELECT count(*) FROM {table}"))

    def headers(self, caller: Caller, key: str | None = None) -> dict[str, str]:
        return caller.headers | {"Idempotency-Key": key or f"key-{next(self._keys)}"}
