# SPDX-License-Identifier: EUPL-1.2
"""Which statements of a service would read a whole table for want of an index, found by its own tests."""

import sys
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from typing import Any, Final

import asyncpg
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from parvis_testing.growth import Growth, grow

_PLANNED: Final = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")
_SENDING: Final = ("execute", "executemany", "fetch", "fetchrow", "fetchval")


class Statements:
    """Each statement that went through an engine, once, with the parameters of the first time that it could run."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._seen: dict[str, Any] = {}

    async def without_index(self, whole: Collection[str]) -> list[str]:
        """Those that can do nothing but read a table from end to end, tables of ``whole`` left aside.

        PostgreSQL is told to do so only where it knows no other way: tables of tests are too small for its own choice
        to say anything. An index that narrows little passes here: what a page looks at is counted with many rows.
        """
        found = []
        async with self._engine.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            async with driver.transaction():
                await driver.execute("SET LOCAL enable_seqscan = off")
                for statement, parameters in self._seen.items():
                    (told,) = await driver.fetchval(f"EXPLAIN (FORMAT JSON) {statement}", *parameters)
                    tables = set(_read_whole(told["Plan"])) - set(whole)
                    found += [f"{table}: {statement}" for table in sorted(tables)]
        return found

    async def wasteful(self, superuser_url: str, growth: Growth) -> list[str]:
        """Those that would read a whole large table, or cost too much, in a town of a million of everything that grows.

        Here PostgreSQL chooses freely: an index that narrows little is as good as none.
        """
        superuser = await asyncpg.connect(superuser_url)
        try:
            large = await grow(superuser, growth)
        finally:
            await superuser.close()
        found = []
        async with self._engine.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            for statement, parameters in self._seen.items():
                (told,) = await driver.fetchval(f"EXPLAIN (FORMAT JSON) {statement}", *parameters)
                plan = told["Plan"]
                found += [f"reads all of {table}: {statement}" for table in sorted(set(_read_whole(plan)) & large)]
                if plan["Total Cost"] > growth.most and not any(part in statement for part in growth.dear):
                    found.append(f"costs {plan['Total Cost']:.0f}: {statement}")
        return found

    async def refused(self, database_url: str) -> list[str]:
        """Those that the PostgreSQL at that address does not know how to plan, with what it says."""
        found = []
        connection = await asyncpg.connect(database_url)
        try:
            for statement, parameters in self._seen.items():
                try:
                    await connection.fetch(f"EXPLAIN {statement}", *parameters)
                except asyncpg.PostgresError as error:
                    found.append(f"{error}: {statement}")
        finally:
            await connection.close()
        return found

    def note(self, _connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        """Keep it, as SQLAlchemy's event ``before_cursor_execute`` tells it: with its parameters, or a list of them."""
        self.keep(statement, parameters[0] if isinstance(parameters, list) else parameters)

    def keep(self, statement: str, parameters: Sequence[Any]) -> None:
        """Plan it in the end, if it is one of those that PostgreSQL plans.

        A text with a NUL it refuses before: a test that has a statement fail by one says nothing of its plan.
        """
        refused = any(isinstance(value, str) and "\0" in value for value in parameters)
        if statement.lstrip().startswith(_PLANNED) and not refused:
            self._seen.setdefault(statement, parameters)


class Noted:
    """A pool or a connection of the driver, or who lends connections: it tells what modules of a package send by it.

    SQLAlchemy knows nothing of these statements; those of tests are nobody's business.
    """

    def __init__(self, real: Any, package: str, tell: Callable[[str, Sequence[Any]], None]) -> None:
        self._real, self._package, self._tell = real, package, tell

    def __getattr__(self, name: str) -> Any:
        """What it is, but that what is sent by it is told."""
        found = getattr(self._real, name)
        return partial(self._send, name, found) if name in _SENDING else found

    @asynccontextmanager
    async def acquire(self, **options: Any) -> AsyncIterator["Noted"]:
        """A connection of the pool, which tells as this one does."""
        async with self._real.acquire(**options) as connection:
            yield Noted(connection, self._package, self._tell)

    @asynccontextmanager
    async def lend(self) -> AsyncIterator["Noted"]:
        """A connection for hot statements, likewise."""
        async with self._real.lend() as connection:
            yield Noted(connection, self._package, self._tell)

    def _send(self, name: str, send: Callable[..., Any], statement: str, *parameters: Any, **options: Any) -> Any:
        if sys._getframe(1).f_globals["__name__"].startswith(self._package):  # noqa: SLF001 - who asked for it
            self._tell(statement, parameters[0][0] if name == "executemany" else parameters)
        return send(statement, *parameters, **options)


@contextmanager
def statements_of(engine: AsyncEngine, known: Statements | None = None) -> Iterator[Statements]:
    """The statements that go through the engine meanwhile, beside those that are known."""
    statements = known or Statements(engine)
    event.listen(engine.sync_engine, "before_cursor_execute", statements.note)
    try:
        yield statements
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", statements.note)


def _read_whole(node: dict[str, Any]) -> Iterator[str]:
    if node["Node Type"] == "Seq Scan":
        yield node["Relation Name"]
    for child in node.get("Plans", ()):
        yield from _read_whole(child)
