# SPDX-License-Identifier: EUPL-1.2
"""An agent publishes a consultation, or closes it early."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.db import consultations
from parvis_participation.db.tables import Consultation as Row
from parvis_participation.domain.consultation import Action
from parvis_participation.domain.errors import StaleVersionError


async def act_on_consultation(
    session: AsyncSession, collectivity: str, consultation_id: UUID, action: Action, *, version: int, now: datetime
) -> Row:
    """Do it, in the caller's transaction, to the version that the agent saw; the worker tells the others.

    Raises NotFoundError, TransitionError, or StaleVersionError when somebody acted meanwhile.
    """
    row = await consultations.one(session, collectivity, consultation_id, lock=True)
    if row.version != version:
        raise StaleVersionError
    await consultations.save(session, consultations.entity(row).after(action, now))
    await session.refresh(row)
    return row
