# SPDX-License-Identifier: EUPL-1.2
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from parvis_local.databases import ServiceUrls, prepare_databases
from parvis_local.layout import SERVICES
from parvis_local.postgres import EmbeddedPostgres
from parvis_local.secret_store import SecretStore


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("databases")


@pytest.fixture(scope="module")
async def server(folder: Path) -> AsyncIterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(folder / "pg", log=folder / "pg.log", settings={"fsync": "off"})
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
async def urls(server: EmbeddedPostgres, folder: Path) -> dict[str, ServiceUrls]:
    made = await prepare_databases(server.url, SecretStore(folder / "secrets.json"))
    owner = await asyncpg.connect(made["requests"].owner)
    await owner.execute("CREATE TABLE thing (id bigserial PRIMARY KEY, name text)")
    await owner.close()
    return made


async def test_the_service_changes_rows_and_nothing_else(urls: dict[str, ServiceUrls]) -> None:
    service = await asyncpg.connect(urls["requests"].database)
    await service.execute("INSERT INTO thing (name) VALUES ('one')")
    await service.execute("UPDATE thing SET name = 'two'")
    assert await service.fetchval("SELECT name FROM thing") == "two"
    await service.execute("DELETE FROM thing")
    for statement in (
        "CREATE TABLE other (id int)",
        "CREATE TEMPORARY TABLE other (id int)",
        "CREATE SCHEMA other",
        "DROP TABLE thing",
        "TRUNCATE thing",
        "ALTER TABLE thing ADD COLUMN more text",
        "CREATE INDEX ON thing (name)",
        "SET ROLE parvis_requests_owner",
        "SELECT pg_read_file('/etc/passwd')",
        "CREATE ROLE more",
        "CREATE DATABASE more",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await service.execute(statement)
    await service.close()


@pytest.mark.parametrize("database", ["parvis_identity", "parvis_keys", "postgres", "template1"])
async def test_the_service_enters_no_database_but_its_own(urls: dict[str, ServiceUrls], database: str) -> None:
    server, _, _ = urls["requests"].database.rpartition("/")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(f"{server}/{database}")


async def test_each_service_has_a_schema_of_the_key_store_to_itself(urls: dict[str, ServiceUrls]) -> None:
    requests = await asyncpg.connect(urls["requests"].keystore)
    await requests.execute("CREATE TABLE person_key (person int)")
    identity = await asyncpg.connect(urls["identity"].keystore)
    with pytest.raises(asyncpg.UndefinedTableError):
        await identity.execute("SELECT * FROM person_key")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await identity.execute("SELECT * FROM requests.person_key")
    await requests.close()
    await identity.close()


async def test_owners_may_use_the_extensions_that_migrations_need(urls: dict[str, ServiceUrls]) -> None:
    for service in SERVICES:
        owner = await asyncpg.connect(urls[service].owner)
        assert await owner.fetchval("SELECT unaccent('Élodie') || similarity('a', 'a')::text") == "Elodie1"
        await owner.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        await owner.close()


async def test_a_second_time_keeps_data_and_addresses(
    server: EmbeddedPostgres, folder: Path, urls: dict[str, ServiceUrls]
) -> None:
    service = await asyncpg.connect(urls["requests"].database)
    await service.execute("INSERT INTO thing (name) VALUES ('kept')")
    assert await prepare_databases(server.url, SecretStore(folder / "secrets.json")) == urls
    assert await service.fetchval("SELECT name FROM thing") == "kept"
    await service.close()


async def test_new_secrets_open_old_data(server: EmbeddedPostgres, folder: Path, urls: dict[str, ServiceUrls]) -> None:
    renewed = await prepare_databases(server.url, SecretStore(folder / "other.json"))
    assert renewed["requests"].database != urls["requests"].database
    connection = await asyncpg.connect(renewed["requests"].database)
    await connection.execute("SELECT * FROM thing")
    await connection.close()
    await prepare_databases(server.url, SecretStore(folder / "secrets.json"))


def test_secrets_are_private_and_stay(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    password, key = SecretStore(path).password("a"), SecretStore(path).key("b")
    assert path.stat().st_mode & 0o777 == 0o600
    assert (SecretStore(path).password("a"), SecretStore(path).key("b")) == (password, key)
    assert password.isalnum()
    assert SecretStore(path).password("c") != password
