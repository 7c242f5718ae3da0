# SPDX-License-Identifier: EUPL-1.2
"""An agent publishes a participatory budget, and everybody sees when what can be done."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging import outbox
from parvis_participation import budget_events
from parvis_participation.db import budgets
from parvis_participation.db.tables import Budget as Row
from parvis_participation.domain.errors import StaleVersionError
from parvis_participation.service.secret_vote import check_ready


async def publish_budget(
    session: AsyncSession, collectivity: str, budget_id: UUID, *, version: int, now: datetime
) -> Row:
    """Publish the version that the agent saw and tell it, in the caller's transaction.

    Raises NotFoundError, TransitionError once it was published or deposits are over, StaleVersionError, or
    EmptyListError where a secret vote is for the people of a list that is empty.
    """
    row = await budgets.one(session, collectivity, budget_id, published=False, lock=True)
    if row.version != version:
        raise StaleVersionError
    after = budgets.entity(row).published(now)
    await check_ready(session, row)
    await budgets.save(session, after)
    await outbox.add(session, budget_events.budget_published(after, now))
    await session.refresh(row)
    return row
