# SPDX-License-Identifier: EUPL-1.2
"""Tables that are after a test what they were before it."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg


@asynccontextmanager
async def kept_tables(superuser_url: str, *tables: str) -> AsyncIterator[None]:
    """Whatever is written meanwhile, in the end these tables have their rows of before; those that name them, none."""
    connection = await asyncpg.connect(superuser_url)
    try:
        copies = {}
        for table in tables:
            copies[table] = io.BytesIO()
            await connection.copy_from_table(table, output=copies[table], format="binary")
        yield
        await connection.execute(f"TRUNCATE {', '.join(tables)} CASCADE")
        # Whichever table comes first, and whatever its triggers would write.
        await connection.execute("SET session_replication_role = replica")
        for table, copy in copies.items():
            copy.seek(0)
            await connection.copy_to_table(table, source=copy, format="binary")
    finally:
        await connection.close()
