# SPDX-License-Identifier: EUPL-1.2
"""An agent attests where somebody lives; what no longer holds is kept for some days, and no longer."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db.database import Database
from parvis_participation.db import merged_accounts, residences
from parvis_participation.db.eligibility_tables import Residence as Row

KEPT: Final = timedelta(days=30)
"""How long after its last day an attestation is kept, for whoever asks why somebody could not vote."""


async def attest_residence(session: AsyncSession, row: Row) -> None:
    """Keep it in the caller's transaction, for the account that stands where the one named went into another."""
    row.person = await merged_accounts.standing(session, row.person)
    await residences.put(session, row)


async def forget_residences(database: Database, now: datetime) -> None:
    """Delete the attestations whose last day was longer ago than that."""
    async with database.unit_of_work() as uow:
        await residences.purge(uow.session, now, KEPT)
        await uow.commit()
