# SPDX-License-Identifier: EUPL-1.2
"""The body of each service's ``migrations/env.py``: online over asyncpg, offline as SQL for review and linting."""

import asyncio
import time

from alembic import context
from sqlalchemy import Connection, MetaData, pool, text
from sqlalchemy.ext.asyncio import async_engine_from_config

# A migration that must wait for a lock blocks everybody behind it: better to fail and be tried again. A statement that
# has run for so long holds up a deployment: a backfill goes in batches.
_TIMEOUTS = "SET lock_timeout = '5s'", "SET statement_timeout = '10min'"
# Two deployments that migrate at once wait for each other instead of colliding. The lock is the session's, and is asked
# for again and again: CREATE INDEX CONCURRENTLY would wait for a statement that waits for the lock.
_TAKE_TURNS = "SELECT pg_try_advisory_lock(hashtext('parvis-migrate'))"
_TURN_SECONDS = 0.5


def run(metadata: MetaData) -> None:
    """Run the migrations that alembic's context asks for, each whole or not at all.

    One that builds an index CONCURRENTLY, outside of a transaction, can be run again: all else says IF NOT EXISTS.
    """
    if context.is_offline_mode():
        context.configure(
            dialect_name="postgresql", target_metadata=metadata, literal_binds=True, transaction_per_migration=True
        )
        with context.begin_transaction():
            for timeout in _TIMEOUTS:
                context.execute(timeout)
            context.run_migrations()
        return
    if connection := context.config.attributes.get("connection"):
        _migrate(connection, metadata)
    else:
        asyncio.run(_online(metadata))


async def _online(metadata: MetaData) -> None:
    section = context.config.get_section(context.config.config_ini_section, {})
    engine = async_engine_from_config(section, poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(_migrate, metadata)
        await connection.commit()
    await engine.dispose()


def _migrate(connection: Connection, metadata: MetaData) -> None:
    for timeout in _TIMEOUTS:
        connection.execute(text(timeout))
    while not connection.scalar(text(_TAKE_TURNS)):
        connection.commit()
        time.sleep(_TURN_SECONDS)
    connection.commit()
    context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
