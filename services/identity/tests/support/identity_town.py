# SPDX-License-Identifier: EUPL-1.2
"""The identity service of a small town under test: browsers that click through its pages, clients that use it."""

import re
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from html import unescape
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx
from fake_provider import FakeProvider, agent, citizen
from fastapi import FastAPI

from parvis_identity.assembly import Parts
from parvis_identity.main import public_app
from parvis_identity.service import seed
from parvis_identity.settings import Settings
from parvis_kit.runtime import Runtime
from parvis_testing import Harness

ISSUER = "http://localhost:8080"
CALLBACK = "http://127.0.0.1:4711/callback"
WEB_CALLBACK = "http://localhost:8080/developers/callback"
SYSTEM_SECRET = "s" * 40


def challenge(verifier: str) -> str:
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


@dataclass
class Attempt:
    """One authorization request of a client."""

    client_id: str = "demo-portal"
    redirect_uri: str = WEB_CALLBACK
    scope: str = "openid profile email identity.profile.read requests.requests.read"
    state: str = "state-of-the-client"
    nonce: str = "nonce-of-the-client"
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    extra: dict[str, str | None] = field(default_factory=dict)

    def parameters(self) -> dict[str, str]:
        given: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": self.scope,
            "state": self.state,
            "nonce": self.nonce,
            "code_challenge": challenge(self.verifier),
            "code_challenge_method": "S256",
            **self.extra,
        }
        return {name: value for name, value in given.items() if value is not None}


@dataclass
class Browser:
    """A person's browser: cookies, no scripts; it stops where it leaves the site."""

    http: httpx.AsyncClient
    providers: dict[str, FakeProvider]

    async def get(self, url: str) -> httpx.Response:
        return await self.http.get(url)

    async def authorize(self, attempt: Attempt) -> httpx.Response:
        return await self.get(f"/oauth2/authorize?{urlencode(attempt.parameters())}")

    async def follow(self, answer: httpx.Response) -> httpx.Response:
        """Follow redirects, through the provider, until a page or until the client is reached."""
        for _ in range(12):
            if answer.status_code != 303:
                return answer
            url = answer.headers["location"]
            provider = next((p for p in self.providers.values() if url.startswith(f"{p.issuer}/authorize")), None)
            if provider:
                url = provider.authorize(url)
            elif not url.startswith("/"):
                return answer
            answer = await self.get(url)
        raise AssertionError("redirects without end")

    async def click(self, page: httpx.Response, words: str) -> httpx.Response:
        found = re.search(rf'<a[^>]*href="([^"]+)"[^>]*>{re.escape(words)}', page.text)
        assert found, page.text
        return await self.follow(await self.get(unescape(found[1])))

    async def submit(self, page: httpx.Response, **fields: str) -> httpx.Response:
        action = re.search(r'<form method="post" action="([^"]+)"', page.text)
        assert action, page.text
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
        form = {name: unescape(value) for name, value in hidden.items()} | fields
        return await self.http.post(action[1], data=form)

    async def to_consent(self, attempt: Attempt, provider: str = "FranceConnect") -> httpx.Response:
        login = await self.follow(await self.authorize(attempt))
        assert login.status_code == 200, login.text
        return await self.click(login, f"S’identifier avec {provider}")

    async def code(self, attempt: Attempt, provider: str = "FranceConnect", **fields: str) -> str:
        """Sign in and allow: the authorization code."""
        answer = await self.to_consent(attempt, provider)
        if answer.status_code == 200:
            answer = await self.submit(answer, decision="allow", **fields)
        assert answer.status_code == 303, answer.text
        given = answered(answer)
        assert given.get("iss") == ISSUER
        assert given.get("state") == attempt.state
        return given["code"]


def answered(answer: httpx.Response) -> dict[str, str]:
    """The parameters with which a client is reached."""
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


def location(answer: httpx.Response) -> str:
    parts = urlsplit(answer.headers["location"])
    return f"{parts.scheme}://{parts.netloc}{parts.path}"


def query_of(url: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(url).query)


@dataclass
class Town:
    """The service under test, with its clients and its providers."""

    service: Harness
    app: FastAPI
    internal: httpx.AsyncClient
    parts: Parts
    citizens: FakeProvider
    plus: FakeProvider
    agents: FakeProvider
    seeded: seed.Seed
    browsers: list[httpx.AsyncClient] = field(default_factory=list)

    @property
    def runtime(self) -> Runtime[Settings]:
        return self.service.runtime

    def browser(self, **headers: str) -> Browser:
        http = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app), base_url=ISSUER, headers={"accept-language": "fr", **headers}
        )
        self.browsers.append(http)
        return Browser(http, {provider.profile: provider for provider in (self.citizens, self.plus, self.agents)})

    def restarted(self, browser: Browser) -> Browser:
        """The same browser, in front of a process of the service that has just started."""
        app = public_app(self.runtime)
        http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ISSUER, cookies=browser.http.cookies)
        self.browsers.append(http)
        return Browser(http, browser.providers)

    async def exchange(self, attempt: Attempt, code: str, /, **changed: str | None) -> httpx.Response:
        form = {
            "grant_type": "authorization_code",
            "client_id": attempt.client_id,
            "code": code,
            "redirect_uri": attempt.redirect_uri,
            "code_verifier": attempt.verifier,
            **changed,
        }
        return await self.token({name: value for name, value in form.items() if value is not None})

    async def token(self, form: dict[str, str], **options: Any) -> httpx.Response:
        async with self.client() as http:
            return await http.post("/oauth2/token", data=form, **options)

    async def refresh(self, refresh_token: str, client_id: str = "demo-portal", **more: str) -> httpx.Response:
        form = {"grant_type": "refresh_token", "client_id": client_id, "refresh_token": refresh_token, **more}
        return await self.token(form)

    async def tokens(self, attempt: Attempt | None = None, **person: Any) -> dict[str, Any]:
        """The tokens of a citizen who signed in and allowed all that is asked."""
        attempt = attempt or Attempt()
        self.citizens.person = citizen(**person)
        answer = await self.exchange(attempt, await self.browser().code(attempt))
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def agent_tokens(self, client_id: str = "demo-backoffice", **person: Any) -> dict[str, Any]:
        attempt = Attempt(client_id=client_id)
        self.agents.person = agent(**person)
        answer = await self.exchange(attempt, await self.browser().code(attempt, "ProConnect"))
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url=ISSUER)

    async def get(self, path: str, token: str, **headers: str) -> httpx.Response:
        async with self.client() as http:
            return await http.get(path, headers={"authorization": f"Bearer {token}", **headers})

    async def seed_again(self) -> None:
        await seed.apply(self.seeded, self.runtime.database, self.runtime.blind_index)

    async def register(self, client_id: str, **changed: Any) -> None:
        """One client more: a confidential one for citizens, unless said otherwise."""
        entry = {
            "client_id": client_id,
            "collectivity": "paris",
            "name": {"fr": "Guichet d'essai", "en": "Test desk"},
            "audience": "citizen",
            "type": "confidential",
            "grant_types": ["authorization_code", "refresh_token"],
            "redirect_uris": [WEB_CALLBACK],
            "scopes": ["openid", "profile", "identity.profile.read", "requests.requests.read"],
            **changed,
        }
        made = seed.Seed.model_validate({"clients": [entry]})
        await seed.apply(made, self.runtime.database, self.runtime.blind_index)

    async def post(self, path: str, form: dict[str, Any], **options: Any) -> httpx.Response:
        async with self.client() as http:
            return await http.post(path, data=form, **options)

    async def rows(self, sql: str, *values: Any) -> list[Any]:
        found: list[Any] = await self.runtime.database.pool.fetch(sql, *values)
        return found
