# SPDX-License-Identifier: EUPL-1.2
"""A service's databases on the test server, made and migrated as in production."""

import asyncio
import os
from base64 import b64encode
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from parvis_kit.migrate import migrate
from parvis_kit.settings import ServiceSettings

S = TypeVar("S", bound=ServiceSettings)
# Beyond this size, in bytes, rows are not deleted one by one.
_LARGE = 4 << 20
_TABLES = """
SELECT relname,
    greatest(pg_relation_size(oid), (SELECT sum(pg_relation_size(relid)) FROM pg_partition_tree(oid))) AS size
FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition
    AND relnamespace = 'public'::regnamespace AND relname <> ALL($1)
"""
_PASSWORD = "test"  # noqa: S105 - roles of a throw-away server on loopback


def database_url(superuser_url: str, database: str, user: str) -> str:
    """The address of one database of the test server for one role."""
    parts = urlsplit(superuser_url)
    return urlunsplit((parts.scheme, f"{user}:{_PASSWORD}@{parts.hostname}:{parts.port}", f"/{database}", "", ""))


def as_superuser(database: str) -> str:
    """The address of one database of the test server for its superuser."""
    return urlunsplit(urlsplit(os.environ["PARVIS_TEST_POSTGRES"])._replace(path=f"/{database}"))


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
    inside = await asyncpg.connect(urlunsplit(urlsplit(superuser_url)._replace(path=f"/{name}")))
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


async def migrated_settings(service: str, settings: type[S], migrations: Path, **overrides: Any) -> S:
    """Settings of a service that stands on freshly made and migrated databases of the test server."""
    superuser_url = os.environ["PARVIS_TEST_POSTGRES"]
    urls = await create_databases(superuser_url, _name(service))
    made = settings.model_validate({**urls, "master_key": b64encode(bytes(32)).decode(), "pool_size": 5, **overrides})
    # Alembic runs a loop of its own.
    await asyncio.to_thread(migrate, made, migrations)
    return made


def _name(service: str) -> str:
    return f"test_{service}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"


async def on_oldest(service: str, settings: S, migrations: Path) -> S | None:
    """The same on the oldest PostgreSQL that Parvis runs on; None where the run has none."""
    superuser_url = os.environ.get("PARVIS_TEST_OLDEST_POSTGRES")
    if superuser_url is None:
        return None
    urls = await create_databases(superuser_url, _name(service))
    made = type(settings).model_validate(settings.model_dump() | urls)
    await asyncio.to_thread(migrate, made, migrations)
    return made


async def empty_tables(superuser: asyncpg.Connection, *keep: str) -> None:
    """Empty every table of the database but those named, once whoever writes to them has ended.

    Few rows are deleted: to truncate a table makes new files of it, of its indexes, and of all tables that refer to it,
    which takes a hundred times as long.
    """
    tables = await superuser.fetch(_TABLES, list(keep))
    names = [f'"{table["relname"]}"' for table in tables]
    filled = [f'"{table["relname"]}"' for table in tables if table["size"]]
    if not filled:
        return
    if max(table["size"] for table in tables) > _LARGE:
        await superuser.execute(f"TRUNCATE {', '.join(names)} CASCADE")
        return
    # Without triggers: neither the order of the tables matters, nor do they write anything.
    steps = (
        "SET LOCAL session_replication_role = replica",
        f"LOCK TABLE {', '.join(names)} IN SHARE ROW EXCLUSIVE MODE",
        *(f"DELETE FROM {name}" for name in filled),
    )
    async with superuser.transaction():
        await superuser.execute("; ".join(steps))
