# SPDX-License-Identifier: EUPL-1.2
import asyncio
import os
import sys
from base64 import b64encode

import asyncpg
from running_service import as_environment

from parvis_kit.migrate import head_revision
from parvis_requests.settings import MIGRATIONS, Settings
from parvis_testing import create_databases


async def test_two_deployments_that_migrate_at_once_wait_for_each_other() -> None:
    # Some migrations build indexes beside the running service, which waits for every other transaction.
    name = f"test_requests_twice_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    urls = await create_databases(os.environ["PARVIS_TEST_POSTGRES"], name)
    settings = Settings.model_validate({**urls, "master_key": b64encode(bytes(32)).decode()})
    environment = {**os.environ, **as_environment("requests", settings)}
    command = [sys.executable, "-m", "parvis_requests", "migrate"]
    async with asyncio.timeout(240):
        running = [await asyncio.create_subprocess_exec(*command, env=environment) for _ in range(3)]
        assert [await process.wait() for process in running] == [0, 0, 0]
    connection = await asyncpg.connect(urls["owner_database_url"])
    try:
        assert await connection.fetchval("SELECT version_num FROM alembic_version") == head_revision(MIGRATIONS)
        assert await connection.fetchval("SELECT count(*) FROM pg_index WHERE NOT indisvalid") == 0
    finally:
        await connection.close()
