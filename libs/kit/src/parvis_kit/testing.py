# SPDX-License-Identifier: EUPL-1.2
"""What the tests of every service need: a real migrated database of their own, a running service, tokens.

A pytest plugin. The address of a PostgreSQL server, as superuser, stands in ``PARVIS_TEST_POSTGRES``; each worker of
pytest-xdist gets databases of its own on it, with the same two roles as in production. Tests commit for real, and
what they wrote is removed after each.
"""

import os
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID, uuid4

import asyncpg
import httpx
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from starlette.types import ASGIApp

from parvis_kit.migrate import migrate
from parvis_kit.runtime import Runtime, open_runtime
from parvis_kit.security.tokens import ALGORITHM, Keys, TokenVerifier
from parvis_kit.settings import ServiceSettings

S = TypeVar("S", bound=ServiceSettings)
ISSUER = "http://localhost:8080"
_PASSWORD = "test"  # noqa: S105 - roles of a throw-away server on loopback


class TokenIssuer:
    """Signs access tokens as the identity service does."""

    def __init__(self) -> None:
        self.key = ECKey.generate_key("P-256", {"kid": "test", "use": "sig", "alg": ALGORITHM})

    def token(self, *, audience: str, scope: str, **claims: Any) -> str:
        """A token for that audience; every claim can be overridden."""
        now = int(time.time())
        body = {
            "iss": ISSUER,
            "aud": [audience],
            "sub": str(uuid4()),
            "client_id": "demo-portal",
            "scope": scope,
            "iat": now,
            "exp": now + 300,
            "jti": str(uuid4()),
            "kind": "citizen",
            "collectivity": "paris",
            **claims,
        }
        return jwt.encode({"alg": ALGORITHM, "kid": "test", "typ": "at+jwt"}, body, self.key)

    def keys(self) -> Keys:
        """The verifying side, without a fetch."""
        return _KnownKeys(KeySet([self.key]))


class _KnownKeys(Keys):
    def __init__(self, known: KeySet) -> None:
        super().__init__("http://unused.invalid")
        self._known = known

    async def holding(self, kid: str | None) -> KeySet:  # noqa: ARG002 - the set is fixed
        return self._known


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
        """A member of staff."""
        base = {"kind": "agent", "collectivity": collectivity, "client_id": "demo-backoffice"}
        return self.caller(**base, teams=list(teams), **{"roles": ["agent"], **claims})

    def system(self, collectivity: str = "paris", client_id: str = "demo-roadworks", **claims: Any) -> Caller:
        """Another system, with client credentials."""
        return self.caller(kind="system", collectivity=collectivity, sub=client_id, client_id=client_id, **claims)

    async def clean(self, *keep: str) -> None:
        """Empty every table but alembic's and those named."""
        connection = await asyncpg.connect(self.superuser_url)
        try:
            rows = await connection.fetch(
                "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
                " AND relnamespace = 'public'::regnamespace AND relname <> ALL($1)",
                ["alembic_version", *keep],
            )
            if rows:
                names = ", ".join(f'"{row["relname"]}"' for row in rows)
                await connection.execute(f"TRUNCATE {names} CASCADE")
        finally:
            await connection.close()


def database_url(superuser_url: str, database: str, user: str) -> str:
    """The address of one database of the test server for one role."""
    parts = urlsplit(superuser_url)
    return urlunsplit((parts.scheme, f"{user}:{_PASSWORD}@{parts.hostname}:{parts.port}", f"/{database}", "", ""))


async def create_databases(superuser_url: str, name: str) -> dict[str, str]:
    """Make a service's database with owner and DML role, and a key store; returns the settings that name them."""
    owner, user, keys = f"{name}_owner", name, f"{name}_keys"
    connection = await asyncpg.connect(superuser_url)
    try:
        for database in (name, keys):
            await connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
        for role in (owner, user, keys):
            if not await connection.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", role):
                await connection.execute(f"CREATE ROLE \"{role}\" LOGIN PASSWORD '{_PASSWORD}'")
        await connection.execute(f'CREATE DATABASE "{name}" OWNER "{owner}"')
        await connection.execute(f'CREATE DATABASE "{keys}" OWNER "{keys}"')
    finally:
        await connection.close()
    inside = await asyncpg.connect(_in_database(superuser_url, name))
    try:
        for extension in ("unaccent", "pg_trgm", "btree_gist"):
            await inside.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
        await inside.execute(f'ALTER SCHEMA public OWNER TO "{owner}"')
        await inside.execute(f'GRANT USAGE ON SCHEMA public TO "{user}"')
        default = f'ALTER DEFAULT PRIVILEGES FOR ROLE "{owner}" IN SCHEMA public GRANT'
        await inside.execute(f'{default} SELECT, INSERT, UPDATE, DELETE ON TABLES TO "{user}"')
        await inside.execute(f'{default} USAGE ON SEQUENCES TO "{user}"')
    finally:
        await inside.close()
    return {
        "database_url": database_url(superuser_url, name, user),
        "owner_database_url": database_url(superuser_url, name, owner),
        "keystore_url": database_url(superuser_url, keys, keys),
    }


def _in_database(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


async def migrated_settings(service: str, settings: type[S], migrations: Path, **overrides: Any) -> S:
    """Settings of a service that stands on freshly made and migrated databases of the test server."""
    import asyncio  # noqa: PLC0415 - only this function needs a thread: alembic runs a loop of its own

    superuser_url = os.environ["PARVIS_TEST_POSTGRES"]
    name = f"test_{service}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    urls = await create_databases(superuser_url, name)
    made = settings.model_validate({**urls, "master_key": b64encode(bytes(32)).decode(), "pool_size": 5, **overrides})
    await asyncio.to_thread(migrate, made, migrations)
    return made


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
) -> AsyncIterator[Harness]:
    """The service running in this process on real databases, called over ASGI."""
    issuer = TokenIssuer()
    async with open_runtime(service, "api", settings, migrations) as opened:
        verifier = TokenVerifier(issuer=ISSUER, audience=f"parvis-{service}", keys=issuer.keys())
        runtime = replace(opened, tokens=verifier, **(replaced or {}))
        async with _client(public_app(runtime)) as client, _client(internal_app(runtime)) as internal:
            superuser_url = _in_database(
                os.environ["PARVIS_TEST_POSTGRES"], urlsplit(settings.database_url.get_secret_value()).path[1:]
            )
            yield Harness(runtime, client, internal, issuer, scopes, superuser_url)


def _client(app: ASGIApp) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ISSUER)
