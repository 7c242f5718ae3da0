# SPDX-License-Identifier: EUPL-1.2
"""One key for each person, in a store of its own: destroying the key makes all that it sealed unreadable for ever."""

import os
import time
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import asyncpg

from parvis_kit.crypto.keys import MasterKey, SealingKey

_CACHE_SIZE: Final = 10_000
# Another process may have destroyed the key: this is how long erasure takes to be true everywhere.
_CACHE_SECONDS: Final = 60.0
_KEY_BYTES: Final = 32

SCHEMA: Final = Path(__file__).with_suffix(".sql").read_text("utf-8")


class KeyDestroyedError(Exception):
    """The person's data were erased: nothing of theirs can be read or written any more."""


class PersonKey:
    """Seals and opens the shreddable columns of one person."""

    __slots__ = ("_key", "_person")

    def __init__(self, person: UUID, key: bytes) -> None:
        self._person = person
        self._key = SealingKey(key)

    def seal(self, column: str, text: str) -> bytes:
        """The text, readable only with this person's key and only as this column."""
        return self.seal_bytes(column, text.encode())

    def open(self, column: str, sealed: bytes) -> str:
        """The text of a sealed column."""
        return self.open_bytes(column, sealed).decode()

    def seal_bytes(self, column: str, content: bytes) -> bytes:
        """The same for any content."""
        return self._key.seal(content, f"{self._person}/{column}")

    def open_bytes(self, column: str, sealed: bytes) -> bytes:
        """The same for any content."""
        return self._key.open(sealed, f"{self._person}/{column}")


class PersonKeys:
    """The key store: keys wrapped by the master key, opened ones kept for a minute in a bounded memory.

    It is a database apart from the data, with a back-up of its own. A row of a destroyed key stays, without the key:
    that log is applied again after a back-up has been restored.
    """

    def __init__(
        self, pool: "asyncpg.Pool[Any]", master: MasterKey, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._wrapping = master.sealing("person-key")
        self._cache: OrderedDict[UUID, tuple[float, PersonKey]] = OrderedDict()

    async def prepare(self) -> None:
        """Create the table where it is missing; part of the migrate command."""
        await self._pool.execute(SCHEMA)

    async def of(self, person: UUID) -> PersonKey:
        """The person's key, made at the first call; raises KeyDestroyedError after erasure."""
        key = (await self.of_many({person}, make=True)).get(person)
        if key is None:
            raise KeyDestroyedError(str(person))
        return key

    async def of_many(self, persons: set[UUID], *, make: bool = False) -> dict[UUID, PersonKey]:
        """The keys that exist, in one look-up, or made where they do not; persons who were erased are absent."""
        found = {person: key for person in persons if (key := self._remembered(person))}
        found |= await self._read(persons - found.keys())
        if make and (missing := list(persons - found.keys())):
            wrapped = [self._wrapping.seal(os.urandom(_KEY_BYTES), str(person)) for person in missing]
            made = await self._pool.fetch(
                "INSERT INTO person_key (person, wrapped) SELECT * FROM unnest($1::uuid[], $2::bytea[])"
                " ON CONFLICT (person) DO NOTHING RETURNING person, wrapped",
                missing,
                wrapped,
            )
            found |= {row["person"]: self._remember(row["person"], row["wrapped"]) for row in made}
            # The others were made by another transaction since, or destroyed.
            found |= await self._read(persons - found.keys())
        return found

    async def destroy(self, person: UUID) -> None:
        """Erase: every value sealed for this person becomes unreadable, within a minute everywhere. Safe to repeat."""
        await self._pool.execute(
            "INSERT INTO person_key (person, destroyed_at) VALUES ($1, now())"
            " ON CONFLICT (person) DO UPDATE SET wrapped = NULL,"
            " destroyed_at = coalesce(person_key.destroyed_at, now())",
            person,
        )
        self._cache.pop(person, None)

    async def _read(self, persons: set[UUID]) -> dict[UUID, PersonKey]:
        read = "SELECT person, wrapped FROM person_key WHERE person = ANY($1) AND wrapped IS NOT NULL"
        rows = await self._pool.fetch(read, list(persons)) if persons else []
        return {row["person"]: self._remember(row["person"], row["wrapped"]) for row in rows}

    def _remembered(self, person: UUID) -> PersonKey | None:
        until, key = self._cache.get(person, (0.0, None))
        return key if self._clock() < until else None

    def _remember(self, person: UUID, wrapped: bytes) -> PersonKey:
        key = PersonKey(person, self._wrapping.open(wrapped, str(person)))
        self._cache[person] = (self._clock() + _CACHE_SECONDS, key)
        if len(self._cache) > _CACHE_SIZE:
            self._cache.popitem(last=False)
        return key
