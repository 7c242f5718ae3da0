# SPDX-License-Identifier: EUPL-1.2
"""A migration that ends in the middle is run again: a lock did not come in time, or a machine went down."""

import asyncio
import importlib
import os
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg
import pytest
from alembic.runtime.migration import MigrationContext

from parvis_kit.migrate import head_revision, migrate
from parvis_testing import create_databases


class BrokenOffError(Exception):
    """The process ended there."""


@pytest.mark.parametrize("service", ["identity", "requests", "notifications", "participation"])
async def test_broken_off_at_each_index_in_turn_they_still_come_to_their_end(
    service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = importlib.import_module(f"parvis_{service}.settings")
    name = f"test_{service}_broken_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    urls = await create_databases(os.environ["PARVIS_TEST_POSTGRES"], name)
    settings = module.Settings.model_validate({**urls, "master_key": b64encode(bytes(32)).decode()})
    whole = MigrationContext.autocommit_block
    built: set[str] = set()

    @contextmanager
    def breaks_off(context: Any) -> Iterator[None]:
        # Each revision ends once where it builds indexes beside the service: before them, all else is committed.
        revision = context.get_current_revision()
        with whole(context):
            if revision not in built:
                built.add(revision)
                raise BrokenOffError
            yield

    monkeypatch.setattr(MigrationContext, "autocommit_block", breaks_off)
    while True:
        before = len(built)
        try:
            await asyncio.to_thread(migrate, settings, module.MIGRATIONS)
        except BrokenOffError:
            assert len(built) == before + 1
            continue
        break
    assert built
    connection = await asyncpg.connect(urls["owner_database_url"])
    try:
        assert await connection.fetchval("SELECT version_num FROM alembic_version") == head_revision(module.MIGRATIONS)
        assert await connection.fetchval("SELECT count(*) FROM pg_index WHERE NOT indisvalid") == 0
    finally:
        await connection.close()
