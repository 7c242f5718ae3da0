# SPDX-License-Identifier: EUPL-1.2
"""After the close, write a roll anew in the order of its keys.

While a poll is open, PostgreSQL numbers the roll's entries and keeps them in the order of the votes, and the signed
roots tell how many ballots there were at which point of it: the last root may be of one ballot.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from parvis_kit.db.database import Database
from parvis_participation.db import roll
from parvis_participation.db.urn import take_time
from parvis_participation.service.in_turn import in_turn

_SECONDS: Final = 300
LATE: Final = timedelta(minutes=1)
"""A vote that came before the close is written within this time after it."""


async def part_rolls(database: Database, now: datetime) -> int:
    """Write the rolls of all polls that have closed anew; returns how many. Each once, in one transaction."""

    async def part_one(failed: list[UUID]) -> bool:
        async with database.unit_of_work() as uow:
            row = await roll.unparted(uow.session, now - LATE, failed)
            if row is None:
                return False
            failed.append(row.id)
            await take_time(uow.session, _SECONDS)
            await roll.part(uow.session, row.id)
            row.roll_parted_at = now
            await uow.commit()
        return True

    return await in_turn(part_one)
