# SPDX-License-Identifier: EUPL-1.2
"""The body of each service's ``migrations/env.py``: online over asyncpg, offline as SQL for review and linting."""

import asyncio

from alembic import context
from sqlalchemy import Connection, MetaData, pool, text
from sqlalchemy.ext.asyncio import async_engine_from_config

# A migration that must wait for a lock blocks everybody behind it: better to fail and be tried again.
_LOCK_TIMEOUT = "SET lock_timeout = '5s'"
# A statement that has run for so long holds up a deployment: a backfill goes in batches.
_STATEMENT_TIMEOUT = "SET statement_timeout = '10min'"


def run(metadata: MetaData) -> None:
    """Run the migrations that alembic's context asks for."""
    if context.is_offline_mode():
        context.configure(dialect_name="postgresql", target_metadata=metadata, literal_binds=True)
        with context.begin_transaction():
            context.execute(_LOCK_TIMEOUT)
            context.execute(_STATEMENT_TIMEOUT)
            context.run_migrations()
        return
    given = context.config.attributes.get("connection")
    if given is not None:
        _migrate(given, metadata)
        return
    asyncio.run(_online(metadata))


async def _online(metadata: MetaData) -> None:
    section = context.config.get_section(context.config.config_ini_section, {})
    engine = async_engine_from_config(section, poolclass=pool.NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(_migrate, metadata)
        await connection.commit()
    await engine.dispose()


def _migrate(connection: Connection, metadata: MetaData) -> None:
    connection.execute(text(_LOCK_TIMEOUT))
    connection.execute(text(_STATEMENT_TIMEOUT))
    # Two deployments that migrate at once wait for each other instead of colliding.
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('parvis-migrate'))"))
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()
