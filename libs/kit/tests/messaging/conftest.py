# SPDX-License-Identifier: EUPL-1.2
import os
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from messaging_database import messaging_database
from messaging_things import GROUP, Things

from parvis_cli.declared import DEAD_LETTERS, dead_letters
from parvis_local.topics import create_topics


@pytest.fixture
async def things(bootstrap: str) -> AsyncIterator[Things]:
    name = f"test_messaging_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    url = await messaging_database(name)
    topic = f"parvis.test.{Path(name).name.replace('_', '-')}-{uuid4().hex[:8]}.v1"
    if os.environ.get("KAFKA") == "apache":
        create_topics(bootstrap, [topic])
        create_topics(bootstrap, [dead_letters(topic, GROUP + topic)], config=DEAD_LETTERS)
    async with asyncpg.create_pool(url, min_size=2, max_size=16) as pool:
        yield Things(pool, url, bootstrap, topic)
