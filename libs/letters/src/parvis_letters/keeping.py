# SPDX-License-Identifier: EUPL-1.2
"""Beside the consumers of a worker: how many letters wait is measured, and settled ones go with the journal's end."""

import asyncio
from datetime import timedelta
from typing import Final

from prometheus_client import Gauge
from sqlalchemy import delete, func, select

from parvis_kit.db.database import Database
from parvis_kit.logs import logger
from parvis_letters.letter import LetterState
from parvis_letters.tables import LETTERS

_MEASURE_SECONDS: Final = 5.0
_ROUNDS_BETWEEN_PURGES: Final = 720
_WAITING: Final = Gauge("parvis_dead_letters", "Dead letters that wait for somebody", ["consumer"])
_log = logger(__name__)


async def keep_letters(database: Database, retention_days: int) -> None:
    """Measure and purge, until cancelled; a letter that waits is kept however long that takes."""
    rounds = 0
    while True:
        try:
            await measure(database)
            if rounds % _ROUNDS_BETWEEN_PURGES == 0:
                await purge(database, retention_days)
            rounds += 1
        except Exception as error:  # noqa: BLE001 - the next round finds what this one did not do
            _log.warning("letters_not_kept", error=type(error).__name__)
        await asyncio.sleep(_MEASURE_SECONDS)


async def measure(database: Database) -> None:
    """Set the gauge of each consumer that has letters waiting; the others have none."""
    waiting = select(LETTERS.c.consumer, func.count()).where(LETTERS.c.state == LetterState.WAITING)
    async with database.reading() as session:
        counted = (await session.execute(waiting.group_by(LETTERS.c.consumer))).all()
    _WAITING.clear()
    for consumer, count in counted:
        _WAITING.labels(consumer).set(count)


async def purge(database: Database, retention_days: int) -> int:
    """Delete what was settled that long ago; returns how many."""
    old = LETTERS.c.settled_at < func.now() - timedelta(days=retention_days)
    async with database.unit_of_work() as uow:
        gone = await uow.session.execute(delete(LETTERS).where(old).returning(LETTERS.c.id))
        count = len(gone.all())
        await uow.commit()
    return count
