# SPDX-License-Identifier: EUPL-1.2
"""Where a subscriber remembers what it has handled: in the database, and the transaction, of the effect itself."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from parvis_events.event import Event

if TYPE_CHECKING:
    import asyncpg

TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS parvis_inbox (subscriber text NOT NULL, source text NOT NULL, id text NOT NULL,"
    " handled_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP, PRIMARY KEY (subscriber, source, id))"
)


class Inbox(Protocol):
    """Remembers events; implement it for the database that a subscriber keeps its data in."""

    def once(self, subscriber: str, event: Event[Any]) -> AbstractAsyncContextManager[Any]:
        """Open a transaction, mark the event as handled in it, and commit at the end, or roll back after an exception.

        Yields what the handler works with, or None where the event was handled before.
        """
        ...


class SqliteInbox:
    """In a SQLite file, for small subscribers; handlers get the connection and need not await anything."""

    def __init__(self, path: str | Path) -> None:
        self._path = path
        with closing(self._connect()) as connection:
            connection.execute(TABLE)

    @asynccontextmanager
    async def once(self, subscriber: str, event: Event[Any]) -> "AsyncIterator[sqlite3.Connection | None]":
        """See :class:`Inbox`."""
        with closing(self._connect()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            marked = connection.execute(
                "INSERT INTO parvis_inbox (subscriber, source, id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                (subscriber, event.source, str(event.id)),
            )
            yield connection if marked.rowcount else None
            connection.execute("COMMIT")

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, isolation_level=None, timeout=5)


class PostgresInbox:
    """In PostgreSQL through an asyncpg pool (extra ``postgres``); handlers get the connection."""

    def __init__(self, pool: "asyncpg.Pool[Any]") -> None:
        self._pool = pool

    async def prepare(self) -> None:
        """Make the table where it is missing; or make it by a migration of your own from ``TABLE``."""
        await self._pool.execute(TABLE)

    @asynccontextmanager
    async def once(self, subscriber: str, event: Event[Any]) -> AsyncIterator[Any]:
        """See :class:`Inbox`."""
        async with self._pool.acquire() as connection, connection.transaction():
            marked = await connection.fetchval(
                "INSERT INTO parvis_inbox (subscriber, source, id) VALUES ($1, $2, $3)"
                " ON CONFLICT DO NOTHING RETURNING true",
                subscriber,
                event.source,
                str(event.id),
            )
            yield connection if marked else None
