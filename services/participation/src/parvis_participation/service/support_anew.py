# SPDX-License-Identifier: EUPL-1.2
"""What the town takes up again is supported anew: the number of before stands beside, and is never added to.

Who gave it is forgotten, so that the same people may be in both; within each of the two a person counts once.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.db import processes
from parvis_participation.db.proposal_tables import Proposal
from parvis_participation.domain.accountability import TAKEN_UP
from parvis_participation.domain.proposal import ProposalState


async def support_anew(session: AsyncSession, row: Proposal, now: datetime) -> bool:
    """Have people support it anew where the town has taken it up again, and all who did are forgotten.

    Whether they do: from now on, or, of what is forgotten half way, once it is to the end and this is called again. In
    a process that is over nobody supports anything. The row is held by the caller.
    """
    if row.supports_kept is None or row.outcome not in TAKEN_UP or row.state != ProposalState.PUBLISHED:
        return False
    process = await processes.within(session, row)
    if process is not None and process.ends_at <= now:
        return False
    if row.supports_forgotten_at is None:
        return True
    row.earlier_supports = [*row.earlier_supports, row.supports_kept]
    row.supports_kept = row.supports_forgotten_at = None
    row.ranked_supports = 0
    await session.flush()
    return True
