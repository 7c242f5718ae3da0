# SPDX-License-Identifier: EUPL-1.2
"""The roll of those for whom a process is: agents bring it, publishing freezes it, and who is on it can check that.

It is made of a register's civil statuses, of which marks alone are kept (:mod:`parvis_participation.db.process_rolls`).
A person has one mark whatever the account, so that a merge changes nothing; and as it came from the register and not
from an account, whoever has theirs erased stays on it as nobody knows whom, until the roll is forgotten.
"""

import os
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db.database import Database
from parvis_kit.messaging.events import instant
from parvis_participation.db import process_rolls, processes
from parvis_participation.db.process_tables import Process
from parvis_participation.db.urn import take_time
from parvis_participation.domain.audience import EmptyRollError, NoRollError, RollFrozenError
from parvis_participation.service.import_entitled import Imported
from parvis_participation.service.in_turn import in_turn

_SALT_BYTES: Final = 32
_SECONDS: Final = 300
"""What the roll of a large town may take."""


async def import_roll(
    session: AsyncSession, collectivity: str, process_id: UUID, keys: Sequence[bytes | None]
) -> Imported:
    """Put the people with these keys on the roll of a draft, in the caller's transaction.

    ``keys`` are in the order of the people; None stands for somebody whose civil status does not tell them from
    others. Raises NotFoundError, NoRollError or RollFrozenError.
    """
    row = await processes.one(session, collectivity, process_id, lock=True)
    if not is_listed(row.audience):
        raise NoRollError
    if row.published_at is not None:
        raise RollFrozenError
    row.roll_salt = row.roll_salt or os.urandom(_SALT_BYTES)
    added = await process_rolls.add(session, row, row.roll_salt, (key for key in keys if key))
    incomplete = tuple(place for place, key in enumerate(keys) if key is None)
    return Imported(added, await process_rolls.count(session, process_id), incomplete)


async def freeze_roll(session: AsyncSession, row: Process, now: datetime) -> None:
    """Write what is published of the roll, if the process has one; raises EmptyRollError. The row is held."""
    if not is_listed(row.audience):
        return
    made, number, after = sha256(), 0, b""
    await take_time(session, _SECONDS)
    while marks := await process_rolls.marks(session, row.id, after):
        made.update(_lines(marks))
        number, after = number + len(marks), marks[-1]
    if not number:
        raise EmptyRollError
    row.roll = {"count": number, "digest": made.hexdigest(), "frozen_at": instant(now)}


async def roll_file(database: Database, process_id: UUID) -> AsyncIterator[bytes]:
    """The file whose digest was published, a piece at a time: a slow reader holds no connection to the database."""
    after = b""
    while True:
        async with database.reading() as session:
            marks = await process_rolls.marks(session, process_id, after)
        if not marks:
            return
        yield _lines(marks)
        after = marks[-1]


def check_frozen(row: Process, audience: Mapping[str, Any] | None, ends_at: datetime) -> None:
    """Raise RollFrozenError where a published process would get a roll, lose it, or go on without it."""
    if is_listed(audience) != is_listed(row.audience) or (is_forgotten(row) and ends_at > row.ends_at):
        raise RollFrozenError


def is_listed(audience: Mapping[str, Any] | None) -> bool:
    """Whether a process with such an audience is for the people of a roll."""
    return bool(audience and audience.get("listed"))


async def empty_roll(session: AsyncSession, row: Process) -> None:
    """Take everybody off the roll of a process that is a draft or over, if it has one; the row is held."""
    if row.roll_salt is not None:
        await take_time(session, _SECONDS)
        await process_rolls.forget(session, row.id)
        row.roll_salt = None


def is_forgotten(row: Process) -> bool:
    """Whether a published process had a roll that is deleted."""
    return row.roll is not None and row.roll_salt is None


async def forget_rolls(database: Database, days: int, now: datetime) -> int:
    """Delete the rolls of processes that ended longer ago than that and have no vote that runs; each in a transaction.

    Returns how many.
    """
    before = now - timedelta(days=days)

    async def forget_one(failed: list[UUID]) -> bool:
        async with database.unit_of_work() as uow:
            row = await process_rolls.ended(uow.session, before, failed)
            if row is None:
                return False
            failed.append(row.id)
            await empty_roll(uow.session, row)
            await uow.commit()
        return True

    return await in_turn(forget_one)


def _lines(marks: Sequence[bytes]) -> bytes:
    return "".join(f"{mark.hex()}\n" for mark in marks).encode()
