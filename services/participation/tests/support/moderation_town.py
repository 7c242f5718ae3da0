# SPDX-License-Identifier: EUPL-1.2
"""A short way to report, decide and contest over the API."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from parvis_participation.api import moderation, notices, reports
from parvis_testing import Caller, Harness

_keys = itertools.count()
TEXT = {"fr": "Menace une personne.", "en": "Threatens somebody."}
RULE = {"fr": "Charte, article 3", "en": "Charter, article 3"}
REMOVE = {"outcome": "removed", "ground": "town-rules", "provision": RULE, "facts": TEXT}
KEEP = {"outcome": "kept", "facts": TEXT}


class ModerationTown:
    """People who report and contest, and moderators."""

    def __init__(self, service: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
        self.service, self.client, self._patch = service, service.client, monkeypatch
        self.later(timedelta())

    def later(self, by: timedelta) -> None:
        """The same day as now, so much later."""
        at = datetime.now(UTC) + by
        for module in (moderation, notices, reports):
            self._patch.setattr(module, "now", lambda: at)

    async def report(
        self, who: Caller, content: dict[str, Any], category: str = "threat", *, kind: str = "comment"
    ) -> httpx.Response:
        body = {"category": category, "explanation": "Il menace."}
        return await self.client.post(f"/v1/{kind}s/{content['id']}/reports", json=body, headers=self._headers(who))

    async def cases(self, agent: Caller, query: str = "") -> list[dict[str, Any]]:
        answer = await self.client.get(f"/v1/moderation-cases{query}", headers=agent.headers)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def read(self, agent: Caller, case: dict[str, Any]) -> dict[str, Any]:
        answer = await self.client.get(f"/v1/moderation-cases/{case['id']}", headers=agent.headers)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def opened(self, content: dict[str, Any], *, kind: str = "comment") -> dict[str, Any]:
        """The case that a report has just opened."""
        assert (await self.report(self.service.citizen(), content, kind=kind)).status_code == 201
        return (await self.cases(self.service.agent(), "?state=open"))[0]

    async def decide(self, agent: Caller, case: dict[str, Any], body: dict[str, Any]) -> httpx.Response:
        path = f"/v1/moderation-cases/{case['id']}/decisions"
        return await self.client.post(path, json=body, headers=self._headers(agent, case))

    async def reversed(self, author: Caller, case: dict[str, Any], body: dict[str, Any]) -> None:
        """Have the author contest a decision, and another moderator decide otherwise."""
        assert (await self.contest(author, case)).status_code == 201
        agent = self.service.agent()
        (contested,) = await self.cases(agent, "?state=appealed")
        assert (await self.decide(agent, contested, body)).status_code == 201

    async def contest(self, who: Caller, case: dict[str, Any]) -> httpx.Response:
        path = f"/v1/moderation-cases/{case['id']}/appeals"
        return await self.client.post(path, json={"explanation": "C'était une image."}, headers=self._headers(who))

    async def told(self, who: Caller) -> list[dict[str, Any]]:
        answer = await self.client.get("/v1/moderation-decisions", headers=who.headers | {"Accept-Language": "en"})
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def figures(self) -> dict[str, Any]:
        today = datetime.now(UTC).date()
        span = f"from_on={today - timedelta(days=1)}&to_on={today + timedelta(days=1)}"
        answer = await self.client.get(f"/v1/collectivities/paris/moderation-figures?{span}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def _headers(self, caller: Caller, seen: dict[str, Any] | None = None) -> dict[str, str]:
        condition = {} if seen is None else {"If-Match": f'"{seen["version"]}"'}
        return caller.headers | condition | {"Idempotency-Key": f"moderation-{next(_keys)}"}
