# SPDX-License-Identifier: EUPL-1.2
"""A pool outlives the server's end of its connections."""

import asyncio
import os
from base64 import b64encode

import asyncpg
from sqlalchemy import text

from parvis_kit.db.database import Database, open_database
from parvis_kit.settings import ServiceSettings
from parvis_testing import create_databases

_NAME = "test_database"


async def backend(database: Database) -> int:
    """The server process of a session's connection, after a statement on it."""
    async with database.reading() as session:
        return int((await session.execute(text("SELECT pg_backend_pid()"))).scalar_one())


async def test_a_connection_that_the_server_closed_is_replaced_before_anybody_uses_it() -> None:
    server = os.environ["PARVIS_TEST_POSTGRES"]
    name = f"{_NAME}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    urls = await create_databases(server, name)
    settings = ServiceSettings.model_validate({**urls, "master_key": b64encode(bytes(32)).decode(), "pool_size": 1})
    other = await asyncpg.connect(server)
    try:
        async with open_database(settings, _NAME) as database:
            first = await backend(database)
            assert await backend(database) == first
            await other.execute("SELECT pg_terminate_backend($1)", first)
            await asyncio.sleep(0.2)  # until the loop has heard of it
            assert await backend(database) != first
    finally:
        await other.close()
