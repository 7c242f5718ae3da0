# SPDX-License-Identifier: EUPL-1.2
"""Tell from time to time how many have voted: beside the votes, so that no vote waits for another one's counter."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db.database import Database
from parvis_kit.messaging.events import instant
from parvis_participation.db import budgets, polls, votes


async def tally_votes(database: Database, now: datetime) -> int:
    """Count anew the votes of each budget whose vote is open; returns how many budgets."""
    async with database.reading() as session:
        found = [(row.id, row.secret is not None) for row in await budgets.voting(session, now)]
    for budget_id, secret in found:
        async with database.reading() as session:
            counted = await (_turnout(session, budget_id) if secret else votes.tally(session, budget_id))
        async with database.unit_of_work() as uow:
            await budgets.tell_tally(uow.session, budget_id, counted | {"at": instant(now)})
            await uow.commit()
    return len(found)


async def _turnout(session: AsyncSession, budget_id: UUID) -> dict[str, Any]:
    """Of a secret vote nothing but the ballots under the newest signed root."""
    root = await polls.latest_root(session, budget_id)
    return {"cast": root.size if root else 0, "votes": {}}
