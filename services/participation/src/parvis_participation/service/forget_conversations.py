# SPDX-License-Identifier: EUPL-1.2
"""Some time after a conversation closed it is forgotten who said what in it; its figures and files stay."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from parvis_kit.db.database import Database
from parvis_participation.db import conversations, opinions
from parvis_participation.db.urn import take_time
from parvis_participation.service.in_turn import in_turn

_SECONDS: Final = 300
"""What the participants of a large town may take."""


async def forget_conversations(database: Database, days: int, now: datetime) -> int:
    """Delete the opinions, and whose statements were, of what closed longer ago than that; returns how many it was."""
    before = now - timedelta(days=days)

    async def forget_one(failed: list[UUID]) -> bool:
        async with database.unit_of_work() as uow:
            row = await conversations.over_before(uow.session, before, failed)
            if row is None:
                return False
            failed.append(row.id)
            await take_time(uow.session, _SECONDS)
            await opinions.forget(uow.session, row.id)
            row.forgotten_at = now
            await uow.commit()
        return True

    return await in_turn(forget_one)
