# SPDX-License-Identifier: EUPL-1.2
"""The SQL that prepares databases divides the rights as it says; each service's migrations run on what it made."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from manifests import ROOT, SERVICES

from parvis_local.postgres import EmbeddedPostgres, binaries

SQL = ROOT / "deploy" / "docker" / "postgres"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A server of its own: roles belong to the whole server."""
    folder = tmp_path_factory.mktemp("deploy-postgres")
    server = EmbeddedPostgres(folder / "data", log=folder / "log", settings={"fsync": "off"})
    server.start()
    try:
        for service in SERVICES:
            psql(server, "database.sql", service=service, password="row'word", owner_password="own")
            psql(server, "keystore.sql", service=service, password="keyword")
        yield server
    finally:
        server.stop()


def psql(server: EmbeddedPostgres, file: str, **values: str) -> None:
    variables = [part for name, value in values.items() for part in ("-v", f"{name}={value}")]
    command = [str(binaries() / "psql"), "-X", "-q", *variables, "-f", str(SQL / file), server.url()]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def url(server: EmbeddedPostgres, role: str, password: str, database: str) -> str:
    return f"postgresql://{role}:{password}@127.0.0.1:{server.port}/{database}"


def urls(server: EmbeddedPostgres, service: str) -> dict[str, str]:
    name = f"parvis_{service}"
    return {
        "DATABASE_URL": url(server, name, "row%27word", name),
        "OWNER_DATABASE_URL": url(server, f"{name}_owner", "own", name),
        "KEYSTORE_URL": url(server, f"{name}_keys", "keyword", "parvis_keys"),
    }


@pytest.mark.parametrize("service", SERVICES)
async def test_migrations_run_and_leave_rows_only_to_the_service(
    server: EmbeddedPostgres, service: str, tmp_path: Path
) -> None:
    addresses = urls(server, service)
    prefix = f"PARVIS_{service.upper()}_"
    environment = {f"{prefix}{name}": value for name, value in addresses.items()} | {
        f"{prefix}MASTER_KEY": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "PATH": os.environ["PATH"],
    }
    migrate = await asyncio.create_subprocess_exec(
        sys.executable, "-m", f"parvis_{service}", "migrate", env=environment, cwd=tmp_path
    )
    assert await asyncio.wait_for(migrate.wait(), 240) == 0
    connection = await asyncpg.connect(addresses["DATABASE_URL"])
    try:
        assert await connection.fetchval("SELECT count(*) FROM outbox") == 0
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("CREATE TABLE mine ()")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("TRUNCATE outbox")
    finally:
        await connection.close()


@pytest.mark.parametrize("stranger", ["requests", "requests_keys"])
async def test_no_service_sees_what_is_another_s(server: EmbeddedPostgres, stranger: str) -> None:
    passwords = {"requests": "row%27word", "requests_keys": "keyword"}
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(url(server, f"parvis_{stranger}", passwords[stranger], "parvis_identity"))


async def test_the_key_store_s_schemas_are_apart(server: EmbeddedPostgres) -> None:
    connection = await asyncpg.connect(urls(server, "requests")["KEYSTORE_URL"])
    try:
        assert await connection.fetchval("SELECT current_schema()") == "requests"
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("CREATE TABLE identity.mine ()")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("CREATE TABLE public.mine ()")
    finally:
        await connection.close()
