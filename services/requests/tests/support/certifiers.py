# SPDX-License-Identifier: EUPL-1.2
"""The local stack's look-alike of API Particulier and identity's internal port on loopback, and who asks both."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import httpx
import uvicorn
from pydantic import SecretStr
from requests_town import Town
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from parvis_local.apiparticulier.people import FAMILIES
from parvis_local.apiparticulier.service import service_routes
from parvis_local.ports import free_port
from parvis_requests.api.context import Parts
from parvis_requests.settings import ApiParticulierAccess
from parvis_testing import Caller

SIRET: Final = "21750001600019"
TOKEN: Final = "t0ken-of-the-town"
SECRET: Final = "s" * 40
CANTEEN: Final = {"child_name": "Élise", "school": "Arago", "days": ["monday"], "menu": "standard"}
AMELIE: Final[dict[str, Any]] = {
    "given_names": "Amélie Rose",
    "family_name": "DURAND",
    "gender": "female",
    "birth_date": "1984-03-12",
    "birth_place": "75056",
    "birth_country": "99100",
}
HOLDER: Final[dict[str, Any]] = {
    "given_name": "Amélie",
    "family_name": "DURAND",
    "language": "fr",
    "email": "amelie@example.org",
    "email_verified": True,
    "phone": "+33142760000",
    "phone_verified": False,
    "certifier": "provider",
    "postal_address": ["Amélie DURAND", "3 rue Haute", "75011 Paris"],
    "parent": None,
}


@dataclass
class Certifiers:
    """Both of them; ``wrong`` is what is answered instead, in turn; ``together`` is waited for by who is asked.

    ``known`` are attested civil statuses by person, ``accounts`` what their accounts say; ``agents`` are those of the
    town, told by pages of so many.
    """

    url: str
    known: dict[str, dict[str, Any]] = field(default_factory=dict)
    accounts: dict[str, dict[str, Any]] = field(default_factory=dict)
    agents: list[dict[str, Any]] = field(default_factory=list)
    page: int = 500
    wrong: list[Response] = field(default_factory=list)
    identity_down: bool = False
    together: asyncio.Barrier | None = None
    tokens: int = 0
    read: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def settings(self) -> dict[str, Any]:
        access = ApiParticulierAccess(collectivity="paris", siret=SIRET, token=SecretStr(TOKEN))
        return {
            "api_particulier_url": self.url,
            "api_particulier_accesses": (access,),
            "api_particulier_per_second": 20.0,
            "identity_internal_url": self.url,
            "machine_client_secret": SecretStr(SECRET),
        }

    def begin_anew(self) -> None:
        """As at first."""
        for kept in (self.known, self.accounts, self.agents, self.wrong, self.read, self.asked):
            kept.clear()
        self.identity_down, self.together, self.page, self.tokens = False, None, 500, 0

    def answer(self) -> Response | None:
        self.asked.append("quotient")
        return self.wrong.pop(0) if self.wrong else None

    async def token(self, request: Request) -> Response:
        form = (await request.body()).decode()
        scope = form.partition("scope=identity.")[2].partition("&")[0]
        assert scope in {"civil-status.read", "particulars.read"}
        if scope == "civil-status.read":
            self.tokens += 1
            return JSONResponse({"access_token": "machine", "expires_in": 300})
        return JSONResponse({"access_token": scope, "expires_in": 300})

    async def particulars(self, request: Request) -> Response:
        assert request.headers["authorization"] == "Bearer particulars.read"
        assert request.query_params["collectivity"] == "paris"
        person = request.path_params["person"]
        self.read.append(person)
        if self.together:
            await self.together.wait()
        if self.identity_down:
            return Response(status_code=503)
        if self.wrong:
            return self.wrong.pop(0)
        found = self.accounts.get(person)
        return JSONResponse(found) if found else JSONResponse({"code": "no-account"}, status_code=404)

    async def names(self, request: Request) -> Response:
        assert request.headers["authorization"] == "Bearer particulars.read"
        body = await request.json()
        assert body["collectivity"] == "paris"
        self.read += body["people"]
        if self.identity_down:
            return Response(status_code=503)
        known = [self.accounts[each] for each in body["people"] if each in self.accounts]
        members = ("person", "given_name", "family_name")
        return JSONResponse({"items": [{name: each[name] for name in members} for each in known]})

    async def colleagues(self, request: Request) -> Response:
        assert request.headers["authorization"] == "Bearer particulars.read"
        assert request.query_params["scope"] == "requests.requests.read"
        self.read.append("colleagues")
        if self.identity_down or request.query_params["collectivity"] != "paris":
            return Response(status_code=503)
        if self.wrong:
            return self.wrong.pop(0)
        after = request.query_params.get("after", "")
        others = [each for each in sorted(self.agents, key=lambda each: each["person"]) if each["person"] > after]
        return JSONResponse({"items": others[: self.page], "more": len(others) > self.page})

    async def civil_status(self, request: Request) -> Response:
        assert request.headers["authorization"] == "Bearer machine"
        assert request.query_params["collectivity"] == "paris"
        person = request.path_params["person"]
        self.read.append(person)
        if self.identity_down:
            return Response(status_code=503)
        found = self.known.get(person)
        return JSONResponse(found) if found else Response(status_code=404)


@contextmanager
def certifiers() -> Iterator[Certifiers]:
    port = free_port()
    both = Certifiers(f"http://127.0.0.1:{port}")
    routes = [
        Route("/oauth2/token", both.token, methods=["POST"]),
        Route("/internal/v1/people/{person}/civil-status", both.civil_status),
        Route("/internal/v1/people/{person}/particulars", both.particulars),
        Route("/internal/v1/colleagues", both.colleagues),
        Route("/internal/v1/people/names", both.names, methods=["POST"]),
        *service_routes(TOKEN, both.answer),
    ]
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
        yield both
    finally:
        server.should_exit = server.force_exit = True
        thread.join(60)


class Certified:
    """A town whose canteen asks for the *quotient familial*."""

    def __init__(self, town: Town, asked: Certifiers, parts: Parts) -> None:
        assert parts.certifier
        self.town, self.asked, self._certifier = town, asked, parts.certifier
        self.colleagues = parts.colleagues
        # No test depends on how soon identity answers.
        self.colleagues.seconds = parts.people._seconds = 60.0  # noqa: SLF001
        self.pool = town.service.runtime.database.pool

    def citizen(self, **known: Any) -> Caller:
        """Somebody who came by FranceConnect, with that civil status."""
        caller = self.town.service.citizen(acr="eidas1")
        self.asked.known[str(caller.person)] = AMELIE | known
        return caller

    def account(self, caller: Caller, **known: Any) -> Caller:
        """The same caller, of whom identity knows this."""
        person = str(caller.person)
        self.asked.accounts[person] = HOLDER | {"person": person} | known
        return caller

    def colleague(self, name: str | None, **known: Any) -> Caller:
        """An agent whom identity calls so."""
        caller = self.town.service.agent()
        agent = {"person": str(caller.person), "name": name, "suspended": False, "entitled": True}
        self.asked.agents.append(agent | known)
        return caller

    def rested(self) -> None:
        """As if time had passed."""
        for access in self._certifier._accesses.values():  # noqa: SLF001 - no test waits for a rest to end
            access.rests_until = 0.0
        self.colleagues.forget()

    async def offered(self, language: str = "fr") -> list[dict[str, Any]]:
        path, headers = "/v1/collectivities/paris/request-types", {"Accept-Language": language}
        types = (await self.town.client.get(path, headers=headers)).json()["items"]
        found: list[dict[str, Any]] = next(each for each in types if each["code"] == "cantine")["certified"]
        return found

    async def consent(self, caller: Caller, *, key: str | None = None, **changed: Any) -> httpx.Response:
        (question,) = await self.offered()
        body = {
            "request_type": "cantine",
            "question": question["question"],
            "consent_version": question["consent"]["version"],
            **changed,
        }
        headers = caller.headers | {"Idempotency-Key": key or self.town.key()}
        return await self.town.client.post("/v1/certified-answers", json=body, headers=headers)

    async def file(self, caller: Caller, *, answers: dict[str, Any] | None = None, **more: Any) -> httpx.Response:
        whole = CANTEEN | (answers or {})
        return await self.town.submit(caller, request_type="cantine", answers=whole, position=None, **more)


CHILDREN: Final = [name for family in FAMILIES for name, _, _ in family.children]
