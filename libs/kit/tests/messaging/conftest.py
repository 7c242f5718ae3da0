# SPDX-License-Identifier: EUPL-1.2
import os
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from messaging_things import TABLES, Things

from parvis_kit.messaging.tables import create_messaging_tables
from parvis_kit.web.idempotency import TABLE as IDEMPOTENCY
from parvis_local.topics import create_topics
from parvis_testing import create_databases


class _Statements:
    """As much of alembic's operations as the messaging tables need."""

    def __init__(self) -> None:
        self.executed: list[str] = []

    def execute(self, statement: str) -> None:
        self.executed.append(statement)


@pytest.fixture
async def things(bootstrap: str) -> AsyncIterator[Things]:
    name = f"test_messaging_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    urls = await create_databases(os.environ["PARVIS_TEST_POSTGRES"], name)
    statements = _Statements()
    create_messaging_tables(statements)
    owner = await asyncpg.connect(urls["owner_database_url"])
    for statement in (*statements.executed, IDEMPOTENCY, *TABLES):
        await owner.execute(statement)
    await owner.close()
    topic = f"parvis.test.{Path(name).name.replace('_', '-')}-{uuid4().hex[:8]}.v1"
    if os.environ.get("KAFKA") == "apache":
        create_topics(bootstrap, [topic, f"{topic}.dead-letter.tests-{topic}"])
    async with asyncpg.create_pool(urls["database_url"], min_size=2, max_size=16) as pool:
        yield Things(pool, urls["database_url"], bootstrap, topic)
