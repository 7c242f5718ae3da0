# SPDX-License-Identifier: EUPL-1.2
"""The local stack's look-alike of PayFiP on loopback, a town that works with it, and people who pay."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import httpx
import uvicorn
from requests_town import Town
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from workflows import state, transition

from parvis_local.payfip.pages import Doing, page_routes
from parvis_local.payfip.service import BASE, service_routes
from parvis_local.payfip.store import Payment, PaymentStore
from parvis_local.ports import free_port
from parvis_requests.outgoing.payfip import PayFip
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.payments import Payments
from parvis_requests.service.settle_payments import settle_payments
from parvis_testing import Caller

PAYER: Final = "camille@example.org"
CLIENT: Final = "090909"
# A permit that costs something before it is granted.
PERMIT: Final[dict[str, Any]] = {
    "initial": "filed",
    "states": [state("filed"), state("granted", final=True), state("dropped", final=True)],
    "transitions": [
        transition("grant", ["filed"], "granted", "agent", guards=[{"kind": "payment", "fee": "permit"}]),
        transition("drop", ["filed"], "dropped", "agent", "author"),
    ],
}


def fee(**changes: Any) -> dict[str, Any]:
    return {
        "code": "permit",
        "name": {"fr": "Droit d'étalage", "en": "Stall fee"},
        "cents": 2_550,
        "states": ["filed"],
        "client_number": CLIENT,
        "mode": "production",
        **changes,
    }


class Slow(Response):
    """Says, after that time or once ``go`` is set, that nothing is known yet; ``asked`` once it was asked."""

    def __init__(self, seconds: float) -> None:
        super().__init__("<a><FonctionnelleErreur><code>P5</code></FonctionnelleErreur></a>", 500)
        self.seconds = seconds
        self.asked, self.go = threading.Event(), threading.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked.set()
        until = time.monotonic() + self.seconds
        while not self.go.is_set() and time.monotonic() < until:  # noqa: ASYNC110 - another thread sets it
            await asyncio.sleep(0.01)
        await super().__call__(scope, receive, send)


@dataclass
class Provider:
    """The look-alike; ``wrong`` is answered instead, one after the other, and ``told`` what it would notify."""

    url: str
    store: PaymentStore = field(default_factory=PaymentStore)
    wrong: list[Response] = field(default_factory=list)
    told: list[Payment] = field(default_factory=list)
    asked: int = 0

    def answer(self) -> Response | None:
        self.asked += 1
        return self.wrong.pop(0) if self.wrong else None

    async def tell(self, payment: Payment) -> None:
        self.told.append(payment)

    def made(self) -> list[Payment]:
        return self.store.newest()


@contextmanager
def payfip() -> Iterator[Provider]:
    port = free_port()
    provider = Provider(f"http://127.0.0.1:{port}{BASE}")
    routes = [*page_routes(provider.store, provider.tell), *service_routes(provider.store, provider.answer)]
    config = uvicorn.Config(Starlette(routes=routes), host="127.0.0.1", port=port, log_config=None, lifespan="off")
    server, ready = uvicorn.Server(config), threading.Event()
    startup = server.startup

    async def started(sockets: Any = None) -> None:
        await startup(sockets)
        ready.set()

    server.startup = started  # type: ignore[method-assign]
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert ready.wait(60)
    try:
        yield provider
    finally:
        server.should_exit = server.force_exit = True
        thread.join(60)


class Paying:
    """A town in which a permit costs something, and the part of the worker that asks the provider."""

    def __init__(self, town: Town, provider: Provider) -> None:
        self.town, self.provider = town, provider
        self.pool = town.service.runtime.database.pool
        self.code = f"permit-{town.key()}"

    async def filed(self, citizen: Caller, *fees: dict[str, Any], **asked: Any) -> dict[str, Any]:
        await self.town.have(self.code, workflow=PERMIT, fees=list(fees) or [fee()])
        answers = asked.pop("answers", {"colour": "red", "size": 3})
        answer = await self.town.submit(citizen, request_type=self.code, answers=answers, **asked)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def start(
        self, caller: Caller, request: dict[str, Any], *, key: str | None = None, **body: Any
    ) -> httpx.Response:
        headers = caller.headers | {"Idempotency-Key": key or self.town.key()}
        asked = {"fee": "permit", "email": PAYER, **body}
        return await self.town.client.post(f"/v1/requests/{request['id']}/payments", json=asked, headers=headers)

    async def started(self, caller: Caller, request: dict[str, Any], **body: Any) -> dict[str, Any]:
        answer = await self.start(caller, request, **body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def does(self, payment: dict[str, Any], doing: Doing) -> str:
        """Open the provider's page and press a button; returns what the page says then."""
        async with httpx.AsyncClient(limits=httpx.Limits(max_keepalive_connections=0)) as browser:
            opened = await browser.get(payment["redirect_url"])
            assert opened.status_code == 200, opened.text
            return (await browser.post(payment["redirect_url"], data={"doing": doing})).text

    async def comes_back(self, payment: dict[str, Any], language: str = "fr") -> httpx.Response:
        page = f"/payment-return?payment={payment['id']}"
        posted = {"idop": parse_qs(urlsplit(str(payment["redirect_url"])).query).get("idop", ["none"])[0]}
        return await self.town.client.post(page, data=posted, headers={"Accept-Language": language})

    async def costs(self, request: dict[str, Any]) -> list[dict[str, Any]]:
        """The payments of a request, as an agent lists them."""
        found = await self.town.get(self.town.service.agent(), f"/v1/requests/{request['id']}/payments")
        items: list[dict[str, Any]] = found.json()["items"]
        return items

    async def told(self, payment: dict[str, Any]) -> int:
        """As the provider notifies."""
        idop = parse_qs(urlsplit(str(payment["redirect_url"])).query)["idop"][0]
        path = f"/v1/payments/{payment['id']}/notifications"
        return (await self.town.client.post(path, data={"idop": idop})).status_code

    async def read(self, caller: Caller, payment: dict[str, Any]) -> dict[str, Any]:
        answer = await self.town.get(caller, f"/v1/requests/{payment['request_id']}/payments/{payment['id']}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def ages(self, payment: dict[str, Any], age: timedelta) -> None:
        """As if it had been begun so long ago, here and at the provider's."""
        await self.pool.execute(
            "UPDATE payment SET opened_at = opened_at - $2::interval, created_at = created_at - $2::interval,"
            " last_look_at = NULL, next_look_at = next_look_at - $2::interval WHERE id = $1",
            payment["id"],
            age,
        )
        for made in self.provider.made():
            if made.order["refdet"] == payment["reference"]:
                made.made_at -= age.total_seconds()

    async def is_due(self, payment: dict[str, Any]) -> None:
        await self.pool.execute("UPDATE payment SET next_look_at = now() WHERE id = $1", payment["id"])

    def parts(self) -> Payments:
        """Of a worker that knows nothing yet."""
        runtime = self.town.service.runtime
        provider = PayFip(self.provider.url, 60)
        return Payments(
            runtime.database, Catalogues(runtime.database, 10), runtime.persons, provider, runtime.settings.public_url
        )

    async def settle(self, later: timedelta = timedelta(0)) -> int:
        return await settle_payments(self.parts(), datetime.now(UTC) + later)

    async def next_look(self, payment: dict[str, Any]) -> datetime | None:
        found: datetime | None = await self.pool.fetchval(
            "SELECT next_look_at FROM payment WHERE id = $1", payment["id"]
        )
        return found

    async def events(self, request: dict[str, Any]) -> list[str]:
        rows = await self.pool.fetch(
            "SELECT data->>'outcome' AS outcome FROM outbox"
            " WHERE type = $1 AND data->>'request_id' = $2 ORDER BY sequence",
            "fr.parvis.requests.request-payment-concluded.v1",
            request["id"],
        )
        return [row["outcome"] for row in rows]
