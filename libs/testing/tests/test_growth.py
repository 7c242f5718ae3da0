# SPDX-License-Identifier: EUPL-1.2
"""What would read too much among a million rows is found on a database of tests; anything else is let through."""

import os
from collections.abc import AsyncIterator
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from parvis_testing import Growth, create_databases
from parvis_testing.databases import as_superuser
from parvis_testing.statements import Noted, statements_of

_TABLES = """
CREATE TABLE town (code text PRIMARY KEY, name text NOT NULL);
CREATE TABLE thing (id uuid PRIMARY KEY, town text NOT NULL REFERENCES town, note text, done_at timestamptz);
CREATE INDEX ix_thing_waiting ON thing (town) WHERE done_at IS NULL;
GRANT SELECT ON town, thing TO PUBLIC;
"""
_SMALL = {"town"}


@pytest.fixture(scope="module")
async def database() -> str:
    """The name of one with a table that grows and one that does not."""
    name = f"test_growth_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    await create_databases(os.environ["PARVIS_TEST_POSTGRES"], name)
    connection = await asyncpg.connect(as_superuser(name))
    await connection.execute(_TABLES)
    await connection.close()
    return name


@pytest.fixture
async def engine(database: str) -> AsyncIterator[AsyncEngine]:
    engine = create_async_engine(urlsplit(as_superuser(database))._replace(scheme="postgresql+asyncpg").geturl())
    yield engine
    await engine.dispose()


@pytest.mark.parametrize(
    ("sql", "dear", "fault"),
    [
        ("SELECT note FROM thing WHERE id = :id", (), None),
        ("SELECT name FROM town WHERE name = 'Paris' AND :id IS NOT NULL", (), None),
        ("SELECT id FROM thing WHERE done_at IS NULL AND id > :id LIMIT 20", (), None),
        ("SELECT id FROM thing WHERE note = 'x' AND id <> :id", (), "reads all of thing"),
        ("SELECT id FROM thing WHERE id > :id ORDER BY id", (), "costs"),
        ("SELECT id FROM thing WHERE id > :id ORDER BY id", ("SELECT id FROM thing",), None),
    ],
)
async def test_what_reads_too_much_among_a_million_is_found(
    database: str, engine: AsyncEngine, sql: str, dear: tuple[str, ...], fault: str | None
) -> None:
    with statements_of(engine) as statements:
        async with engine.connect() as connection:
            await connection.execute(text(sql.replace(":id", "CAST(:id AS uuid)")), {"id": UUID(int=0)})
        found = await statements.wasteful(as_superuser(database), Growth(_SMALL, dear=dear))
    if fault:
        assert found[0].startswith(fault), found
    else:
        assert found == []


async def test_what_a_package_sends_by_the_driver_alone_is_planned_and_what_others_send_is_not(
    database: str, engine: AsyncEngine
) -> None:
    by_note = "SELECT id FROM thing WHERE note = $1"
    with statements_of(engine) as statements:
        async with asyncpg.create_pool(as_superuser(database), min_size=0) as pool:
            own, others = [Noted(pool, package, statements.keep) for package in (__name__, "parvis_elsewhere.")]
            assert await own.fetch(by_note, "x") == []
            async with own.acquire() as connection, connection.transaction():
                await connection.executemany("UPDATE thing SET done_at = now() WHERE note = $1", [("x",), ("y",)])
            assert await others.fetchval("SELECT count(*) FROM thing WHERE note = $1", "x") == 0
        found = await statements.wasteful(as_superuser(database), Growth(_SMALL))
    whole = [each for each in found if each.startswith("reads all")]
    assert whole == [
        f"reads all of thing: {by_note}",
        "reads all of thing: UPDATE thing SET done_at = now() WHERE note = $1",
    ]


async def test_what_another_server_does_not_take_is_told_with_its_reason(database: str, engine: AsyncEngine) -> None:
    with statements_of(engine) as statements:
        async with engine.connect() as connection:
            await connection.execute(text("SELECT 1 WHERE CAST(:id AS uuid) IS NOT NULL"), {"id": UUID(int=0)})
            await connection.execute(text("SELECT note FROM thing WHERE id = CAST(:id AS uuid)"), {"id": UUID(int=0)})
        assert await statements.refused(as_superuser(database)) == []
        (told,) = await statements.refused(as_superuser("postgres"))
    assert told.startswith('relation "thing" does not exist: SELECT note FROM thing')
