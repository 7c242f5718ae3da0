# SPDX-License-Identifier: EUPL-1.2
"""Several people write a draft that nobody else knows of, until its author publishes it; forgotten drafts go."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db.database import Database
from parvis_kit.messaging import outbox
from parvis_participation import proposal_events
from parvis_participation.db import accountability, co_authors, proposal_drafts, proposals
from parvis_participation.db.proposal_tables import Proposal as Row
from parvis_participation.domain.errors import NotAllowedError, NotFoundError
from parvis_participation.domain.process import Act
from parvis_participation.domain.proposal import ProposalState, check_draft, check_seen
from parvis_participation.service.deposit_project import Author
from parvis_participation.service.follow_process import check_proposal_phase

_BATCH: Final = 100


async def publish_proposal(
    session: AsyncSession, author: Author, proposal_id: UUID, *, version: int, now: datetime
) -> Row:
    """Make the draft that its author saw public, as if it was written now, and tell of it, in the caller's transaction.

    What it said before is nobody's affair and goes. Who writes it follows it. Raises NotFoundError for anybody who does
    not write it, NotAllowedError for co-authors, NotADraftError, StaleVersionError or ProcessPhaseError.
    """
    row = await proposals.one(session, author.collectivity, proposal_id, lock=True, drafts=True)
    others = (await co_authors.of(session, row.id))[row.id]
    if author.person != row.person:
        raise NotAllowedError if author.person in others else NotFoundError
    check_draft(row.state)
    check_seen(row.version, version)
    await check_proposal_phase(session, row, Act.SUBMIT_PROPOSAL, now)
    await proposals.forget(session, row.id)
    row.state, row.created_at, row.changed_at = ProposalState.PUBLISHED, now, now
    row.version += 1
    await session.flush()
    for person in (row.person, *others):
        await accountability.follow(session, row, person, now)
    await outbox.add(session, proposal_events.proposal_published(row, now))
    return row


async def forget_drafts(database: Database, days: int, now: datetime) -> int:
    """Delete drafts that nobody has changed for so many days; returns how many."""
    async with database.unit_of_work() as uow:
        rows = await proposal_drafts.old(uow.session, now - timedelta(days=days), _BATCH)
        for row in rows:
            await proposal_drafts.discard(uow.session, row)
        await uow.commit()
    return len(rows)
