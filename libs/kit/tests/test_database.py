# SPDX-License-Identifier: EUPL-1.2
"""Pools outlive the server's end of their connections, and what their borrowers do to them."""

import asyncio
import os
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from unittest.mock import AsyncMock

import asyncpg
import pytest
from sqlalchemy import text

from parvis_kit.db.database import Connections, Database, open_database
from parvis_kit.settings import ServiceSettings
from parvis_testing import create_databases

_NAME = "test_database"


async def backend(database: Database) -> int:
    """The server process of a session's connection, after a statement on it."""
    async with database.reading() as session:
        return int((await session.execute(text("SELECT pg_backend_pid()"))).scalar_one())


async def hot_backend(database: Database) -> int:
    """The same of a hot connection."""
    async with database.hot.lend() as connection:
        return int(await connection.fetchval("SELECT pg_backend_pid()"))


@pytest.fixture
async def database() -> AsyncIterator[Database]:
    """With one connection of each sort at most."""
    name = f"{_NAME}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    urls = await create_databases(os.environ["PARVIS_TEST_POSTGRES"], name)
    settings = ServiceSettings.model_validate({**urls, "master_key": b64encode(bytes(32)).decode(), "pool_size": 1})
    async with open_database(settings, _NAME) as database:
        yield database


async def end_backend(pid: int) -> None:
    other = await asyncpg.connect(os.environ["PARVIS_TEST_POSTGRES"])
    try:
        assert await other.fetchval("SELECT pg_terminate_backend($1, 10000)", pid)  # waits for its end
    finally:
        await other.close()
    await asyncio.sleep(0.2)  # until the loop has heard of it


@pytest.mark.parametrize("ask", [backend, hot_backend])
async def test_a_connection_that_the_server_closed_is_replaced_before_anybody_uses_it(
    database: Database, ask: Callable[[Database], Awaitable[int]]
) -> None:
    first = await ask(database)
    assert await ask(database) == first
    await end_backend(first)
    assert await ask(database) != first


async def test_a_hot_connection_is_lent_again_after_an_error_of_its_statement(database: Database) -> None:
    first = await hot_backend(database)
    with pytest.raises(asyncpg.DivisionByZeroError):
        async with database.hot.lend() as connection:
            await connection.fetchval("SELECT 1 / 0")
    assert await hot_backend(database) == first


async def test_a_hot_connection_whose_statement_was_given_up_is_never_lent_again(database: Database) -> None:
    first = await hot_backend(database)

    async def slow() -> None:
        async with database.hot.lend() as connection:
            await connection.fetchval("SELECT pg_sleep(30)")

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(slow(), 1)
    assert await hot_backend(database) != first


async def test_a_plain_statement_that_is_given_up_while_it_is_prepared_leaves_no_lock(database: Database) -> None:
    locked = "SELECT count(*) FROM pg_locks WHERE relation = 'pg_publication_rel'::regclass"
    other = await asyncpg.connect(os.environ["PARVIS_TEST_POSTGRES"])
    try:
        for turns in range(12):
            await database.pool.fetchval("SELECT 1")
            statement = f"SELECT count(*) + {turns} FROM pg_publication_rel WHERE oid = $1"  # one to prepare each time
            asked = asyncio.create_task(database.pool.fetchval(statement, 1))
            for _ in range(turns):
                await asyncio.sleep(0)
            asked.cancel()
            await asyncio.gather(asked, return_exceptions=True)
            # Others of this server have such locks too, each for a moment: that of whoever was given up stays.
            deadline = time.monotonic() + 30
            while await other.fetchval(locked):
                assert time.monotonic() < deadline, f"given up after {turns} turns of the loop"
                await asyncio.sleep(0.01)
    finally:
        await other.close()


async def test_one_more_borrower_waits(database: Database) -> None:
    async with database.hot.lend() as connection:
        waiting = asyncio.create_task(hot_backend(database))
        done, _ = await asyncio.wait({waiting}, timeout=0.1)
        assert not done
        mine = await connection.fetchval("SELECT pg_backend_pid()")
    assert await waiting == mine


async def test_no_place_is_lost_when_no_connection_can_be_made() -> None:
    failing = Connections(AsyncMock(side_effect=ConnectionRefusedError), 1)

    async def borrow() -> None:
        async with asyncio.timeout(10), failing.lend():
            pass

    for _ in range(3):
        with pytest.raises(ConnectionRefusedError):
            await borrow()
