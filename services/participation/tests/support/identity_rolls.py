# SPDX-License-Identifier: EUPL-1.2
"""The identity service as this one meets it on the internal port: machine tokens, and the keys of voters."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from hmac import digest
from typing import Any

from aiohttp import encode_basic_auth, web

SECRET = "secret-of-participation"


class Identity:
    """Knows of each account whose it is: of itself alone, unless told otherwise; None for nobody that was verified.

    Who has no account is known by the family name.
    """

    def __init__(self) -> None:
        self.url = ""
        self.reset()

    def reset(self) -> None:
        self.people: dict[str, str | None] = {}
        self.born: dict[str, str] = {}
        self.broken: Callable[[], Awaitable[web.Response]] | None = None
        self.asked: list[dict[str, Any]] = []
        self.batches: list[int] = []
        self.spoiled: set[str] = set()
        self.tokens: list[str] = []

    def one_person(self, *accounts: str) -> None:
        """Those accounts have one civil status."""
        self.people |= dict.fromkeys(accounts, accounts[0])

    async def token(self, request: web.Request) -> web.Response:
        form = await request.post()
        assert request.headers["authorization"] == encode_basic_auth("parvis-participation", SECRET)
        assert dict(form) == {"grant_type": "client_credentials", "scope": "identity.rolls.read"}
        self.tokens.append(f"token-{len(self.tokens)}")
        return web.json_response({"access_token": self.tokens[-1], "expires_in": 300})

    async def accounts(self, request: web.Request) -> web.Response:
        if self.broken:
            return await self.broken()
        if request.headers["authorization"] != f"Bearer {self.tokens[-1] if self.tokens else ''}":
            return web.Response(status=401)
        accounts = (await request.json())["accounts"]
        self.asked += accounts
        self.batches.append(len(accounts))
        return web.json_response({"roll_keys": [self._answer(account) for account in accounts]})

    def _answer(self, account: dict[str, str]) -> dict[str, Any]:
        if account["person"] in self.spoiled:
            return {"person_key": "00", "old_enough": None}
        whose = self.people.get(account["person"], account["person"])
        old_enough = None
        if "born_by" in account and account["person"] in self.born:
            old_enough = self.born[account["person"]] <= account["born_by"]
        return {"person_key": self.made(account["label"], whose) if whose else None, "old_enough": old_enough}

    async def keys(self, request: web.Request) -> web.Response:
        if self.broken:
            return await self.broken()
        body = await request.json()
        self.asked.append(body)
        whole = len("2000-01-01")
        made = [
            self.made(body["label"], person["family_name"]) if len(person["birth_date"]) == whole else None
            for person in body["people"]
        ]
        return web.json_response({"person_keys": made})

    @staticmethod
    def made(label: str, whose: str) -> str:
        return digest(b"k", f"{label}\x00{whose}".encode(), "sha256").hex()


@asynccontextmanager
async def identity_server() -> AsyncIterator[Identity]:
    """In the loop of the tests, on a port of its own."""
    identity, app = Identity(), web.Application()
    app.router.add_post("/oauth2/token", identity.token)
    app.router.add_post("/internal/v1/roll-keys/of-accounts", identity.accounts)
    app.router.add_post("/internal/v1/roll-keys/of-civil-statuses", identity.keys)
    runner = web.AppRunner(app, shutdown_timeout=1, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    identity.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield identity
    finally:
        await runner.cleanup()


async def never() -> web.Response:
    await asyncio.sleep(60)
    return web.Response()


async def failing() -> web.Response:
    return web.Response(status=500)


async def gibberish() -> web.Response:
    return web.Response(text="<html>", content_type="text/html")


async def too_short() -> web.Response:
    return web.json_response({"roll_keys": [{"person_key": "00", "old_enough": None}]})


async def no_such_path() -> web.Response:
    return web.Response(status=404)
