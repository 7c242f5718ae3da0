# SPDX-License-Identifier: EUPL-1.2
"""A short way to do what tests do with requests that go to other bodies."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx
from open311_endpoint import KEY, Open311Endpoint
from requests_town import Town, clean
from workflows import state, transition, words

from parvis_requests.main import SCOPES, internal_app, public_app
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.follow_forwarded import follow_forwarded
from parvis_requests.service.forward_messages import forward_messages
from parvis_requests.service.forward_requests import forward_requests
from parvis_requests.service.ring_timers import ring_timers
from parvis_requests.settings import MIGRATIONS, Settings
from parvis_requests.worker import forwarders
from parvis_testing import Caller, Harness, open_harness

_codes = itertools.count()
EVERY: Final = timedelta(minutes=5)
# What another body handles: the service itself ends it, once that body has.
HANDED_ON: Final[dict[str, Any]] = {
    "initial": "filed",
    "states": [state("filed"), state("done", final=True), state("dropped", final=True)],
    "transitions": [
        transition("resolve", ["filed"], "done", "agent", "system"),
        transition("withdraw", ["filed"], "dropped", "author"),
    ],
}


class Forwarded(Town):
    """A town, with its worker's part in what goes to other bodies."""

    def __init__(self, service: Any) -> None:
        super().__init__(service)
        self.parts = forwarders(service.runtime)

    async def kind(self, **changes: Any) -> str:
        """A type of request of its own."""
        code = f"handed-on-{next(_codes)}"
        await self.publish(code, workflow=HANDED_ON, public=True, audience={"anonymous": True}, **changes)
        return code

    async def body(self, endpoint: Open311Endpoint, code: str, **changes: Any) -> dict[str, Any]:
        answer = await self.add_body(body_of(endpoint, code, **changes))
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def add_body(self, body: dict[str, Any], caller: Caller | None = None) -> httpx.Response:
        headers = (caller or self.administrator()).headers | {"Idempotency-Key": self.key()}
        return await self.client.post("/v1/open311-bodies", json=body, headers=headers)

    async def filed(self, caller: Caller, code: str, **changes: Any) -> dict[str, Any]:
        """A request whose timers have rung: it is about to leave."""
        asked = {"answers": {"colour": "red", "size": 3}, **changes}
        answer = await self.submit(caller, request_type=code, **asked)
        assert answer.status_code == 201, answer.text
        await self.rung()
        found: dict[str, Any] = answer.json()
        return found

    async def rung(self) -> None:
        runtime = self.service.runtime
        await ring_timers(runtime.database, Catalogues(runtime.database, 10), runtime.persons, datetime.now(UTC))

    async def forward(self, later: timedelta = timedelta()) -> int:
        return await forward_requests(self.parts, now=datetime.now(UTC) + later)

    async def send_on(self, later: timedelta = timedelta()) -> int:
        return await forward_messages(self.parts, now=datetime.now(UTC) + later)

    async def follow_up(self, later: timedelta = timedelta()) -> int:
        return await follow_forwarded(self.parts, every=EVERY, now=datetime.now(UTC) + later)

    async def forwarding(self, request: dict[str, Any]) -> dict[str, Any]:
        answer = await self.get(self.service.agent(), f"/v1/requests/{request['id']}/forwarding")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def decide(self, request: dict[str, Any], version: int, **decision: str) -> httpx.Response:
        headers = self.service.agent().headers | {"If-Match": f'"{version}"'}
        return await self.client.put(f"/v1/requests/{request['id']}/forwarding", json=decision, headers=headers)

    async def said(self, caller: Caller, request: dict[str, Any]) -> list[str]:
        """The words of the conversation as somebody reads them, the oldest first."""
        found = (await self.get(caller, f"/v1/requests/{request['id']}/messages")).json()["items"]
        return [item["text"] for item in reversed(found)]

    async def status_of(self, caller: Caller, request: dict[str, Any]) -> str:
        return str((await self.get(caller, f"/v1/requests/{request['id']}")).json()["status"]["code"])


def body_of(endpoint: Open311Endpoint, code: str, **changes: Any) -> dict[str, Any]:
    named = ("sends", "attributes", "acts", "messages", "relays")
    said: dict[str, Any] = {name: changes.pop(name) for name in named if name in changes}
    rule = {
        "request_type": code,
        "service_code": "VOIRIE-7",
        "sends": ["description", "position"],
        "attributes": {"colour": "COULEUR"},
        "acts": {"fixed": "resolve", "closed": "resolve"},
        **said,
    }
    return {
        "name": words("Métropole"),
        "endpoint": endpoint.url,
        "jurisdiction_id": "metropole.example",
        "api_key": KEY,
        "services": [rule],
        **changes,
    }


@asynccontextmanager
async def forwarded(service: Harness, settings: Settings, **changes: Any) -> AsyncIterator[Forwarded]:
    """A town whose other bodies may be on this machine."""
    allowed = settings.model_copy(update={"open311_allowed_networks": "127.0.0.0/8", **changes})
    scopes = " ".join(code for code, _ in SCOPES)
    async with open_harness(
        "requests",
        allowed,
        MIGRATIONS,
        public_app=public_app,
        internal_app=internal_app,
        scopes=scopes,
        beside=service,
    ) as harness:
        yield Forwarded(harness)
        await clean(harness)
