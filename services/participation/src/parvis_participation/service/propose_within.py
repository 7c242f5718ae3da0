# SPDX-License-Identifier: EUPL-1.2
"""Whether somebody is of those for whom a process is, before they propose something within it."""

from datetime import datetime
from uuid import UUID

from parvis_kit.db.database import Database
from parvis_participation.db import processes, proposal_drafts
from parvis_participation.domain.audience import SIGNED_IN
from parvis_participation.outgoing.roll_keys import RollKeys
from parvis_participation.service.check_audience import check_within
from parvis_participation.service.support_proposal import Supporter


async def check_may_propose(
    who: Supporter, process_id: UUID, *, database: Database, roll_keys: RollKeys, now: datetime
) -> None:
    """Raise NotFoundError unless they see that process, or as :func:`check_audience` unless it is for them."""
    async with database.reading() as session:
        row = await processes.shown(session, who.collectivity, process_id, SIGNED_IN)
    await check_within(who, processes.whom_within(row), database=database, roll_keys=roll_keys, now=now)


async def check_may_publish(
    who: Supporter, proposal_id: UUID, *, database: Database, roll_keys: RollKeys, now: datetime
) -> None:
    """The same of the process of a proposal that they write, if any, whoever sees that by now."""
    async with database.reading() as session:
        proposal = await proposal_drafts.own(session, who.collectivity, proposal_id, who.person)
        row = await processes.within(session, proposal)
    await check_within(who, processes.whom_within(row), database=database, roll_keys=roll_keys, now=now)
