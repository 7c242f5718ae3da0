# SPDX-License-Identifier: EUPL-1.2
"""Access to a service's own PostgreSQL: sessions for most work, plain asyncpg for the few hot statements."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from parvis_kit.settings import ServiceSettings

# What a server that dies raises; the last one from a call on a connection that has just broken.
CONNECTION_ERRORS = (OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.InternalClientError)
_CONNECT_SECONDS = 5
_POOL_WAIT_SECONDS = 5


class UnitOfWork:
    """One transaction; what was not committed when it ends is rolled back."""

    def __init__(self, session: AsyncSession, committed: Callable[[], None]) -> None:
        self.session = session
        self._committed = committed

    async def commit(self) -> None:
        """Make the work durable, then wake whoever waits for it."""
        await self.session.commit()
        self._committed()


class Database:
    """The engine and the hot pool of one process."""

    def __init__(self, engine: AsyncEngine, pool: "asyncpg.Pool[Any]") -> None:
        self.engine = engine
        # Each statement of a reading sees what is committed by then, in a transaction or not: without, it is one round
        # trip in place of three.
        self._autocommitting = engine.execution_options(isolation_level="AUTOCOMMIT")
        self.pool = pool
        self.on_commit: Callable[[], None] = lambda: None

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[UnitOfWork]:
        """A transaction that rolls back unless committed."""
        async with AsyncSession(self.engine, expire_on_commit=False) as session:
            yield UnitOfWork(session, self.on_commit)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A session for reads only: each statement stands for itself, so no lock outlives it and no write is undone."""
        async with AsyncSession(self._autocommitting, expire_on_commit=False) as session:
            yield session


def sqlalchemy_url(url: str) -> str:
    """The same address for SQLAlchemy's asyncpg dialect."""
    parts = urlsplit(url)
    return urlunsplit(("postgresql+asyncpg", *parts[1:]))


def _server_settings(settings: ServiceSettings, name: str) -> dict[str, str]:
    return {
        "application_name": name,
        "lock_timeout": str(settings.lock_timeout_ms),
        "statement_timeout": str(settings.statement_timeout_ms),
        "idle_in_transaction_session_timeout": str(settings.statement_timeout_ms * 3),
        "timezone": "UTC",
        # Compiling costs more than these short statements take.
        "jit": "off",
    }


def _refuse_closed(connection: Any, _record: Any, _proxy: Any) -> None:
    """Have the pool open another connection in place of one that its server has closed.

    The event loop has heard of it by then; the pool's own question to the server costs three round trips at each use.
    """
    if connection.driver_connection.is_closed():
        raise DisconnectionError


async def _nothing_to_reset(_connection: Any) -> None:
    """No round trip to undo what hot statements never do in their session: set, listen, lock."""


@asynccontextmanager
async def open_database(settings: ServiceSettings, name: str) -> AsyncIterator[Database]:
    """Both pools, opened lazily so that a process starts while its database is down, closed at the end."""
    url = settings.database_url.get_secret_value()
    server_settings = _server_settings(settings, name)
    engine = create_async_engine(
        sqlalchemy_url(url),
        pool_size=settings.pool_size,
        max_overflow=0,
        pool_timeout=_POOL_WAIT_SECONDS,
        connect_args={"server_settings": server_settings, "timeout": _CONNECT_SECONDS},
    )
    event.listen(engine.sync_engine, "checkout", _refuse_closed)
    pool = asyncpg.create_pool(
        url,
        min_size=0,
        max_size=settings.pool_size,
        timeout=_CONNECT_SECONDS,
        command_timeout=settings.statement_timeout_ms / 1_000 + 1,
        server_settings=server_settings,
        reset=_nothing_to_reset,
    )
    async with pool:
        try:
            yield Database(engine, pool)
        finally:
            await engine.dispose()


@asynccontextmanager
async def open_keystore_pool(settings: ServiceSettings) -> "AsyncIterator[asyncpg.Pool[Any]]":
    """The pool of the persons' key store."""
    async with asyncpg.create_pool(
        settings.keystore_url.get_secret_value(),
        min_size=0,
        max_size=4,
        timeout=_CONNECT_SECONDS,
        command_timeout=_CONNECT_SECONDS,
        server_settings={"application_name": "parvis-keystore", "lock_timeout": str(settings.lock_timeout_ms)},
        reset=_nothing_to_reset,
    ) as pool:
        yield pool
