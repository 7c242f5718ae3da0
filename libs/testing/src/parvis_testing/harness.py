# SPDX-License-Identifier: EUPL-1.2
"""A service running in the process of its test, and those who call it."""

import time
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import asyncpg
import httpx
from starlette.types import ASGIApp

from parvis_kit.runtime import Runtime, open_runtime
from parvis_kit.security.tokens import TokenVerifier
from parvis_kit.settings import ServiceSettings
from parvis_testing.databases import as_superuser, empty_tables, on_oldest
from parvis_testing.growth import Growth
from parvis_testing.statements import Noted, Statements, statements_of
from parvis_testing.tokens import ISSUER, TokenIssuer

S = TypeVar("S", bound=ServiceSettings)


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who calls the service: a person or a system with a token that has every scope of the test."""

    subject: str
    headers: dict[str, str]

    @property
    def person(self) -> UUID:
        """The internal id of the person."""
        return UUID(self.subject)


@dataclass(frozen=True, slots=True)
class Harness:
    """One service under test: its runtime, a client for its API, and callers of each kind."""

    runtime: Runtime[Any]
    client: httpx.AsyncClient
    internal: httpx.AsyncClient
    issuer: TokenIssuer
    scopes: str
    superuser_url: str
    statements: Statements

    def caller(self, **claims: Any) -> Caller:
        """A caller with these claims on top of a citizen of ``paris`` who holds all scopes."""
        subject = claims.pop("sub", str(uuid4()))
        scope = claims.pop("scope", self.scopes)
        token = self.issuer.token(audience=f"parvis-{self.runtime.service}", scope=scope, sub=subject, **claims)
        return Caller(subject, {"Authorization": f"Bearer {token}"})

    def citizen(self, collectivity: str = "paris", **claims: Any) -> Caller:
        """A member of the public."""
        return self.caller(collectivity=collectivity, **claims)

    def agent(self, collectivity: str = "paris", teams: tuple[str, ...] = (), **claims: Any) -> Caller:
        """A member of staff who has just signed in, by two factors."""
        base = {"kind": "agent", "collectivity": collectivity, "client_id": "demo-backoffice"}
        signed_in = {"acr": "eidas1-mfa", "auth_time": int(time.time()), "roles": ["agent"]}
        return self.caller(**base, teams=list(teams), **{**signed_in, **claims})

    def system(self, collectivity: str = "paris", client_id: str = "demo-roadworks", **claims: Any) -> Caller:
        """Another system, with client credentials."""
        return self.caller(kind="system", collectivity=collectivity, sub=client_id, client_id=client_id, **claims)

    async def clean(self, *keep: str) -> None:
        """Empty every table but alembic's and those named."""
        connection = await asyncpg.connect(self.superuser_url)
        try:
            await empty_tables(connection, "alembic_version", *keep)
        finally:
            await connection.close()


@asynccontextmanager
async def open_harness(
    service: str,
    settings: S,
    migrations: Path,
    *,
    public_app: Any,
    internal_app: Any,
    scopes: str,
    replaced: Mapping[str, Any] | None = None,
    whole: Collection[str] = (),
    growth: Growth | None = None,
    beside: Harness | None = None,
) -> AsyncIterator[Harness]:
    """The service running in this process on real databases, called over ASGI.

    ``whole`` names the tables that stay small, which its statements may read from end to end; no other may be, by what
    goes through SQLAlchemy or through the driver alone. With ``growth`` all that its tests had PostgreSQL do is planned
    in the end as if there were a million of everything, too. One that runs ``beside`` another, on the same databases,
    has its own planned with those of the other.
    """
    issuer = TokenIssuer()
    async with open_runtime(service, "api", settings, migrations) as opened:
        verifier = TokenVerifier(
            issuer=ISSUER, audience=f"parvis-{service}", keys=issuer.keys(), ended=opened.ended_sessions
        )
        runtime = replace(opened, tokens=verifier, **(replaced or {}))
        async with _client(public_app(runtime)) as client, _client(internal_app(runtime)) as internal:
            superuser_url = as_superuser(urlsplit(settings.database_url.get_secret_value()).path[1:])
            with statements_of(opened.database.engine, beside.statements if beside else None) as statements:
                _note(opened.database, f"parvis_{service}.", statements)
                yield Harness(runtime, client, internal, issuer, scopes, superuser_url, statements)
            if beside:
                return
            if found := await statements.without_index(whole):
                raise AssertionError("\n".join(("A whole table is read, for want of an index:", *found)))
            if growth and (found := await statements.wasteful(superuser_url, growth)):
                raise AssertionError("\n".join(("Among a million, too much is read:", *found)))
            oldest = await on_oldest(service, settings, migrations)
            if oldest and (found := await statements.refused(oldest.database_url.get_secret_value())):
                raise AssertionError("\n".join(("The oldest PostgreSQL does not take:", *found)))


def _note(database: Any, package: str, statements: Statements) -> None:
    database.pool = Noted(database.pool, package, statements.keep)
    database.hot = Noted(database.hot, package, statements.keep)


def _client(app: ASGIApp) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ISSUER)
