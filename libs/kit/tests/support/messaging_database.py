# SPDX-License-Identifier: EUPL-1.2
"""A database with the tables of messaging, and those of the service of things."""

import os

import asyncpg

from parvis_kit.messaging.tables import create_messaging_tables
from parvis_kit.web.idempotency import TABLE as IDEMPOTENCY
from parvis_letters.tables import create_letter_table
from parvis_testing import create_databases

TABLES = (
    "CREATE TABLE thing (id uuid PRIMARY KEY, version bigint NOT NULL)",
    "CREATE TABLE effect (place bigserial PRIMARY KEY, consumer text, key uuid NOT NULL, sequence bigint NOT NULL)",
    "CREATE TABLE obstacle (key uuid PRIMARY KEY)",
)


class _Statements:
    """As much of alembic's operations as the messaging tables need."""

    def __init__(self) -> None:
        self.executed: list[str] = []

    def execute(self, statement: str) -> None:
        self.executed.append(statement)


async def messaging_database(name: str) -> str:
    """Make it anew; its address for the role of the service."""
    urls = await create_databases(os.environ["PARVIS_TEST_POSTGRES"], name)
    statements = _Statements()
    create_messaging_tables(statements)
    create_letter_table(statements)
    owner = await asyncpg.connect(urls["owner_database_url"])
    for statement in (*statements.executed, IDEMPOTENCY, *TABLES):
        await owner.execute(statement)
    await owner.close()
    return urls["database_url"]
