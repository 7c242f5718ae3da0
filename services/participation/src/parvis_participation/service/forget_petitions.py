# SPDX-License-Identifier: EUPL-1.2
"""Some time after a petition is over, what was personal in it is forgotten: refused words, and who signed."""

from datetime import datetime, timedelta
from typing import Final

from parvis_kit.db.database import Database
from parvis_participation.db import petitions

_BATCH: Final = 100


async def forget_petitions(database: Database, days: int, now: datetime) -> int:
    """Forget the words and reasons of petitions refused longer ago than that, and the signatures of closed ones.

    Of signatures their number is kept. They stay as long as the town owes an answer, and that long after it, for who
    wants to be told. Returns how many petitions; each is forgotten in one transaction.
    """
    before, forgotten = now - timedelta(days=days), 0
    async with database.unit_of_work() as uow:
        for row in await petitions.refused_before(uow.session, before, _BATCH):
            row.title = row.description = row.reasons = None
            row.version += 1
            forgotten += 1
        await uow.commit()
    while True:
        async with database.unit_of_work() as uow:
            over = await petitions.over_before(uow.session, before)
            if over is None:
                return forgotten
            over.signed = await petitions.number(uow.session, over.id)
            await petitions.take_back(uow.session, over.id)
            await uow.commit()
        forgotten += 1
