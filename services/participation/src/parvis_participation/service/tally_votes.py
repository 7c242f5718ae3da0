# SPDX-License-Identifier: EUPL-1.2
"""Tell from time to time how many have voted: beside the votes, so that no vote waits for another one's counter."""

from datetime import datetime

from parvis_kit.db.database import Database
from parvis_kit.messaging.events import instant
from parvis_participation.db import budgets, votes


async def tally_votes(database: Database, now: datetime) -> int:
    """Count anew the votes of each budget whose vote is open; returns how many budgets."""
    async with database.reading() as session:
        found = [row.id for row in await budgets.voting(session, now)]
    for budget_id in found:
        async with database.reading() as session:
            counted = await votes.tally(session, budget_id)
        async with database.unit_of_work() as uow:
            await budgets.tell_tally(uow.session, budget_id, counted | {"at": instant(now)})
            await uow.commit()
    return len(found)
