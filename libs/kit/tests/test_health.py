# SPDX-License-Identifier: EUPL-1.2
"""A process is alive while it answers, and ready while it can work; it says what it waits for."""

import asyncio
import os
from base64 import b64encode

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from parvis_kit.db.database import open_database
from parvis_kit.settings import ServiceSettings
from parvis_kit.web import internal
from parvis_kit.web.internal import READY, Check, database_check, health_router
from parvis_testing import create_databases

HEAD = "0002"


async def ready() -> str:
    return READY


async def joining() -> str:
    return "joining"


async def broken() -> str:
    raise ConnectionError("where the database is, and who may enter")


async def silent() -> str:
    await asyncio.sleep(60)
    return READY


async def asked(path: str, **checks: Check) -> httpx.Response:
    app = FastAPI()
    app.include_router(health_router(checks))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://inside.example") as client:
        return await client.get(path)


async def test_a_process_is_ready_when_each_of_its_checks_is() -> None:
    answer = await asked("/readyz", database=ready, relay=ready)
    assert answer.status_code == 200
    assert answer.json() == {"status": "ready", "checks": {"database": "ready", "relay": "ready"}}


@pytest.mark.parametrize(
    ("check", "told"), [(joining, "joining"), (broken, "failed: ConnectionError"), (silent, "failed: TimeoutError")]
)
async def test_a_process_that_cannot_work_says_what_it_waits_for_and_is_alive(
    check: Check, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(internal, "_CHECK_SECONDS", 0.1)
    answer = await asked("/readyz", database=ready, consumer=check)
    assert answer.status_code == 503
    assert answer.json() == {"status": "not-ready", "checks": {"database": "ready", "consumer": told}}
    assert (await asked("/healthz", database=ready, consumer=check)).status_code == 200


async def test_a_database_is_ready_at_the_head_of_the_migrations_and_while_it_is_there() -> None:
    server, name = os.environ["PARVIS_TEST_POSTGRES"], f"test_health_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    urls = await create_databases(server, name)
    settings = ServiceSettings.model_validate({**urls, "master_key": b64encode(bytes(32)).decode()})
    owner = await asyncpg.connect(urls["owner_database_url"])
    await owner.execute("CREATE TABLE alembic_version AS SELECT '0001' AS version_num")
    async with open_database(settings, "test-health") as database:
        check = database_check(database, HEAD)
        assert await check() == "migrations at 0001, not 0002"
        await owner.execute("UPDATE alembic_version SET version_num = $1", HEAD)
        assert await check() == READY
        await owner.execute("DROP TABLE alembic_version")
        await owner.close()
        assert (await asked("/readyz", database=check)).json()["checks"] == {"database": "failed: ProgrammingError"}
