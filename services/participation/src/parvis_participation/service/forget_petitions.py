# SPDX-License-Identifier: EUPL-1.2
"""Some time after a petition is over, what was personal in it is forgotten: refused words, and who signed."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db.database import Database
from parvis_participation.db import petitions
from parvis_participation.db.petition_tables import Petition
from parvis_participation.db.urn import take_time
from parvis_participation.domain.moderation import APPEAL_PERIOD
from parvis_participation.service.in_turn import in_turn

_BATCH: Final = 100
_SECONDS: Final = 300
"""What the signatures of a large town's petition may take."""


async def forget_petitions(database: Database, days: int, now: datetime) -> int:
    """Forget the words and reasons of petitions refused longer ago than that, and the signatures of closed ones.

    Of signatures their number is kept. They stay as long as the town owes an answer, and that long after it, for who
    wants to be told; those of a removed petition, until nobody can have it given back. Returns how many petitions; each
    is forgotten in one transaction.
    """
    before, forgotten = now - timedelta(days=days), 0
    async with database.unit_of_work() as uow:
        for row in await petitions.refused_before(uow.session, before, _BATCH):
            row.title = row.description = row.reasons = None
            row.version += 1
            forgotten += 1
        await uow.commit()

    async def forget_one(failed: list[UUID]) -> bool:
        async with database.unit_of_work() as uow:
            over = await petitions.over_before(uow.session, before, failed)
            over = over or await _removed(uow.session, days, now, failed)
            if over is None:
                return False
            failed.append(over.id)
            await take_time(uow.session, _SECONDS)
            over.signed = await petitions.number(uow.session, over.id)
            await petitions.take_back(uow.session, over.id)
            await uow.commit()
        return True

    return forgotten + await in_turn(forget_one)


async def _removed(session: AsyncSession, days: int, now: datetime, failed: list[UUID]) -> Petition | None:
    before = now - max(timedelta(days=days), APPEAL_PERIOD)
    return await petitions.removed_before(session, before, failed)
