# SPDX-License-Identifier: EUPL-1.2
"""Access to a service's own PostgreSQL: sessions for most work, plain asyncpg for the queues and hot statements."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import asyncpg
from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from parvis_kit.settings import ServiceSettings

# What a server that dies raises; the last one from a call on a connection that has just broken.
CONNECTION_ERRORS = (OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.InternalClientError)
_CONNECT_SECONDS = 5
_POOL_WAIT_SECONDS = 5


class Connections:
    """Connections for hot statements, each lent to one call at a time; so many at most, who asks for one more waits.

    The driver's own pool takes a task, a time limit and a timer at each return, as long as half a statement.
    """

    def __init__(self, connect: Callable[[], Awaitable[Any]], size: int) -> None:
        self._connect = connect
        self._places = asyncio.Semaphore(size)
        self._idle: list[Any] = []

    @asynccontextmanager
    async def lend(self) -> AsyncIterator[Any]:
        """A connection that its server has not closed, and on which no statement of an earlier call is under way."""
        async with self._places:
            while (connection := self._idle.pop() if self._idle else await self._connect()).is_closed():
                continue
            try:
                yield connection
            except BaseException as error:
                if not isinstance(error, Exception) or isinstance(error, CONNECTION_ERRORS):
                    connection.terminate()  # the next call would read the answer of this statement
                raise
            finally:
                self._idle.append(connection)

    async def close(self) -> None:
        """Close those that are not lent."""
        while self._idle:
            await self._idle.pop().close(timeout=1)


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
    """The engine, the plain pool and the hot connections of one process."""

    def __init__(self, engine: AsyncEngine, pool: "asyncpg.Pool[Any]", hot: Connections) -> None:
        self.engine = engine
        # Each statement of a reading sees what is committed by then, in a transaction or not: without, it is one round
        # trip in place of three.
        self._autocommitting = engine.execution_options(isolation_level="AUTOCOMMIT")
        self.pool = pool
        self.hot = hot
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
    return "postgresql+asyncpg:" + url.partition(":")[2]


def _connecting(settings: ServiceSettings, name: str) -> dict[str, Any]:
    server_settings = {
        "application_name": name,
        "lock_timeout": str(settings.lock_timeout_ms),
        "statement_timeout": str(settings.statement_timeout_ms),
        "idle_in_transaction_session_timeout": str(settings.statement_timeout_ms * 3),
        "timezone": "UTC",
        # Compiling costs more than these short statements take.
        "jit": "off",
    }
    return {"timeout": _CONNECT_SECONDS, "server_settings": server_settings}


def _refuse_closed(connection: Any, _record: Any, _proxy: Any) -> None:
    """Have the pool open another connection in place of one that its server has closed.

    The event loop has heard of it by then; the pool's own question to the server costs three round trips at each use.
    """
    if connection.driver_connection.is_closed():
        raise DisconnectionError


@asynccontextmanager
async def open_database(settings: ServiceSettings, name: str) -> AsyncIterator[Database]:
    """All of it opened lazily, so that a process starts while its database is down, and closed at the end."""
    url, connecting = settings.database_url.get_secret_value(), _connecting(settings, name)
    engine = create_async_engine(
        sqlalchemy_url(url),
        pool_size=settings.pool_size,
        max_overflow=0,
        pool_timeout=_POOL_WAIT_SECONDS,
        connect_args=connecting,
    )
    event.listen(engine.sync_engine, "checkout", _refuse_closed)
    connecting = connecting | {"command_timeout": settings.statement_timeout_ms / 1_000 + 1}
    pool = asyncpg.create_pool(url, min_size=0, max_size=settings.pool_size, **connecting)
    hot = Connections(partial(asyncpg.connect, url, **connecting), settings.pool_size)
    async with pool:
        try:
            yield Database(engine, pool, hot)
        finally:
            await hot.close()
            await engine.dispose()


@asynccontextmanager
async def open_keystore_pool(settings: ServiceSettings) -> "AsyncIterator[asyncpg.Pool[Any]]":
    """The pool of the persons' key store."""
    url, connecting = settings.keystore_url.get_secret_value(), _connecting(settings, "parvis-keystore")
    connecting |= {"command_timeout": _CONNECT_SECONDS}
    async with asyncpg.create_pool(url, min_size=0, max_size=4, **connecting) as pool:
        yield pool
