# SPDX-License-Identifier: EUPL-1.2
"""Files about whole towns are made when they are asked for, at most every five minutes, and kept meanwhile.

Each is of one moment, written by stretches of bounded size into the database, where every replica finds it; so few are
made at once, by so many at most that wait. What is removed is in none of them ten minutes later.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db.database import Database
from parvis_kit.ids import uuid7
from parvis_participation.db import open_data
from parvis_participation.db.open_data_tables import OpenDataFile, OpenDataPart

FRESH: Final = timedelta(minutes=5)
"""For so long after its making a file is answered as it was made."""
OLDEST: Final = timedelta(minutes=10)
"""One as old is answered where it cannot be made anew now; none that is older."""
_READ: Final = timedelta(minutes=20)
"""So long after its making nobody reads a stretch any more: the gateway lets an answer take five minutes at most."""
_KNOWN: Final = timedelta(days=30)
STRETCH: Final = 256 * 1024
_AT_ONCE: Final = 2
_WAITING: Final = 16
_SECONDS: Final = 120
_BATCH: Final = 200


class FilesBusyError(Exception):
    """Too many files are being made, or this one takes too long."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a file, and how many rows it tells of."""

    text: str
    rows: int = 0


Write = Callable[[AsyncSession], AsyncIterator[Piece]]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that is there; the bytes of one that tells of nothing are at hand, as nothing of it is kept."""

    digest: bytes
    size: int
    made_at: datetime
    making: UUID
    content: bytes | None = None


@dataclass(slots=True)
class Preparing:
    """Which files one process makes at the moment: each once, whoever asks for it meanwhile."""

    _making: dict[tuple[str, str], asyncio.Task[Prepared]] = field(default_factory=dict)
    _places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    async def file(self, database: Database, which: tuple[str, str], write: Write, now: datetime) -> Prepared:
        """The file of a town by that name, made if it is not fresh; raises FilesBusyError."""
        async with database.reading() as session:
            row = await open_data.newest(session, *which)
            town = row is not None or await open_data.is_town(session, which[0])
        if row is not None and now - row.made_at < FRESH:
            return _prepared(row)
        if not town:
            # Anybody can name towns that are none: there is nothing to write, and they take nobody's place.
            return await make(database, which, write, now)
        try:
            return await self._once(database, which, write, now)
        except (FilesBusyError, TimeoutError) as error:
            if row is not None and now - row.made_at < OLDEST:
                return _prepared(row)
            raise FilesBusyError from error

    async def _once(self, database: Database, which: tuple[str, str], write: Write, now: datetime) -> Prepared:
        task = self._making.get(which)
        if task is None:
            if len(self._making) >= _WAITING:
                raise FilesBusyError
            task = asyncio.create_task(self._in_turn(database, which, write, now))
            self._making[which] = task
            task.add_done_callback(lambda done: self._done(which, done))
        # Whoever asked first may leave: the others, and the next, get what was begun.
        return await asyncio.wait_for(asyncio.shield(task), _SECONDS)

    def _done(self, which: tuple[str, str], task: asyncio.Task[Prepared]) -> None:
        del self._making[which]
        if not task.cancelled():
            task.exception()

    async def _in_turn(self, database: Database, which: tuple[str, str], write: Write, now: datetime) -> Prepared:
        async with asyncio.timeout(_SECONDS), self._places:
            return await make(database, which, write, now)


async def make(database: Database, which: tuple[str, str], write: Write, now: datetime) -> Prepared:
    """Write a file, all of one moment; killed on the way, or if it says the same, the one of before stands."""
    made, rows, buffer, size, digest = uuid7(), 0, bytearray(), 0, sha256()
    number = 0

    async def keep(most: int) -> None:
        nonlocal number
        content = bytes(buffer[:most])
        del buffer[:most]
        part = OpenDataPart(making=made, number=number, collectivity=which[0], content=content, made_at=now)
        await open_data.add_part(uow.session, part)
        number += 1

    async with database.unit_of_work() as uow:
        await open_data.in_one_snapshot(uow.session)
        before = await open_data.newest(uow.session, *which)
        async for piece in write(uow.session):
            content = piece.text.encode()
            rows, size = rows + piece.rows, size + len(content)
            digest.update(content)
            buffer += content
            while len(buffer) >= STRETCH:
                await keep(STRETCH)
        if not rows and before is None:
            # Anybody can name a town that is none: nothing is kept of it.
            return Prepared(digest.digest(), size, now, made, bytes(buffer))
        await keep(STRETCH)
        if before is not None and before.digest == digest.digest() and await _renewed(database, before, number, now):
            return Prepared(before.digest, size, now, before.making)
        await uow.commit()
    town, name = which
    row = OpenDataFile(
        collectivity=town, name=name, making=made, digest=digest.digest(), size=size, made_at=now, changed_at=now
    )
    async with database.unit_of_work() as uow:
        found = _prepared(await open_data.publish(uow.session, row))
        await uow.commit()
    return found


async def _renewed(database: Database, before: OpenDataFile, parts: int, now: datetime) -> bool:
    """Have the making of before, which says the same, be that of now, if all of it is there still."""
    async with database.unit_of_work() as uow:
        if renewed := await open_data.renew(uow.session, before, parts, now):
            await uow.commit()
    return renewed


async def content_of(database: Database, file: Prepared) -> AsyncIterator[bytes]:
    """Its bytes, stretch by stretch: no connection waits for who reads slowly."""
    if file.content is not None:
        yield file.content
        return
    for number in range(-(-file.size // STRETCH)):
        async with database.reading() as session:
            content = await open_data.part(session, file.making, number)
        if content is None:
            return  # it was read for longer than anything is kept; what was promised is longer, so the reader knows
        yield content


async def forget_made(database: Database, now: datetime) -> None:
    """Delete what was made and is read no more."""
    while True:
        async with database.unit_of_work() as uow:
            done = await open_data.forget_parts(uow.session, now - _READ, _BATCH)
            await open_data.forget_files(uow.session, now - _KNOWN)
            await uow.commit()
        if done < _BATCH:
            return


def _prepared(row: OpenDataFile) -> Prepared:
    return Prepared(row.digest, row.size, row.made_at, row.making)
