# SPDX-License-Identifier: EUPL-1.2
"""The databases of the services on the embedded PostgreSQL, with the same division of rights as in production."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from parvis_local.layout import SERVICES
from parvis_local.secret_store import SecretStore

KEYSTORE: Final = "parvis_keys"
# Extensions of PostgreSQL's own distribution that the migrations may use.
EXTENSIONS: Final = ("unaccent", "pg_trgm", "btree_gist")
_CONNECT_SECONDS: Final = 10
_STATEMENT_SECONDS: Final = 30


@dataclass(frozen=True, slots=True)
class ServiceUrls:
    """Addresses for one service, passwords included.

    Attributes:
        database: role that may read and change rows, nothing else.
        owner: role that owns the tables; for migrations only.
        keystore: role that owns the service's schema of the key store, and sees no other.
    """

    database: str
    owner: str
    keystore: str


async def prepare_databases(url: Callable[[str], str], secrets: SecretStore) -> dict[str, ServiceUrls]:
    """Make databases, roles and rights where they are missing; existing data stay as they are.

    Args:
        url: address of a database by its name, for the superuser.
        secrets: keeps the roles' passwords.

    Returns:
        the addresses, by service.
    """
    server = await _connect(url("postgres"))
    try:
        # Nobody but those named below connects anywhere.
        await server.execute("REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC")
        for service in SERVICES:
            name = f"parvis_{service}"
            for role in (name, f"{name}_owner", f"{name}_keys"):
                await _ensure_role(server, role, secrets.password(f"database/{role}"))
            await _ensure_database(server, name, f"{name}_owner")
            await server.execute(
                f"REVOKE ALL ON DATABASE {name} FROM PUBLIC; GRANT CONNECT ON DATABASE {name} TO {name}"
            )
        await _ensure_database(server, KEYSTORE, "postgres")
        await server.execute(f"REVOKE ALL ON DATABASE {KEYSTORE} FROM PUBLIC")
    finally:
        await server.close()
    for service in SERVICES:
        await _inside(url(f"parvis_{service}"), _service_rights(f"parvis_{service}"))
    await _inside(url(KEYSTORE), "".join(_keystore_rights(service) for service in SERVICES))
    return {service: _urls(url, secrets, f"parvis_{service}") for service in SERVICES}


def _service_rights(name: str) -> str:
    owner = f"{name}_owner"
    default = f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public GRANT"
    return f"""
        REVOKE ALL ON SCHEMA public FROM PUBLIC;
        ALTER SCHEMA public OWNER TO {owner};
        GRANT USAGE ON SCHEMA public TO {name};
        {default} SELECT, INSERT, UPDATE, DELETE ON TABLES TO {name};
        {default} USAGE ON SEQUENCES TO {name};
        {"".join(f"CREATE EXTENSION IF NOT EXISTS {extension};" for extension in EXTENSIONS)}
    """


def _keystore_rights(service: str) -> str:
    role = f"parvis_{service}_keys"
    return f"""
        GRANT CONNECT ON DATABASE {KEYSTORE} TO {role};
        CREATE SCHEMA IF NOT EXISTS {service} AUTHORIZATION {role};
        ALTER ROLE {role} IN DATABASE {KEYSTORE} SET search_path = {service};
    """


def _urls(url: Callable[[str], str], secrets: SecretStore, name: str) -> ServiceUrls:
    def of(role: str, database: str) -> str:
        parts = urlsplit(url(database))
        login = f"{role}:{secrets.password(f'database/{role}')}@{parts.hostname}:{parts.port}"
        return urlunsplit((parts.scheme, login, parts.path, "", ""))

    return ServiceUrls(database=of(name, name), owner=of(f"{name}_owner", name), keystore=of(f"{name}_keys", KEYSTORE))


async def _ensure_role(server: "asyncpg.Connection[Any]", role: str, password: str) -> None:
    exists = await server.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", role)
    # The password is set each time: data and secrets may come from different back-ups.
    verb = "ALTER" if exists else "CREATE"
    limits = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
    await server.execute(f"{verb} ROLE {role} {limits} PASSWORD '{password}'")


async def _ensure_database(server: "asyncpg.Connection[Any]", name: str, owner: str) -> None:
    if not await server.fetchval("SELECT true FROM pg_database WHERE datname = $1", name):
        await server.execute(f"CREATE DATABASE {name} OWNER {owner}")


async def _inside(url: str, statements: str) -> None:
    connection = await _connect(url)
    try:
        await connection.execute(statements)
    finally:
        await connection.close()


async def _connect(url: str) -> "asyncpg.Connection[Any]":
    return await asyncpg.connect(url, timeout=_CONNECT_SECONDS, command_timeout=_STATEMENT_SECONDS)
