# SPDX-License-Identifier: EUPL-1.2
"""Several people write a draft that nobody else knows of, until its author publishes it; forgotten drafts go."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.messaging import outbox
from parvis_participation import proposal_events
from parvis_participation.db import accountability, co_authors, comments, proposal_drafts, proposals
from parvis_participation.db.proposal_tables import Proposal as Row
from parvis_participation.domain.errors import NotAllowedError, NotFoundError, TooManyError
from parvis_participation.domain.process import Act
from parvis_participation.domain.proposal import ProposalState, check_draft, check_seen
from parvis_participation.service.deposit_project import Author
from parvis_participation.service.follow_process import check_proposal_phase
from parvis_participation.service.submit_proposal import DAILY

_BATCH: Final = 100


async def publish_proposal(
    session: AsyncSession, author: Author, proposal_id: UUID, *, version: int, now: datetime
) -> Row:
    """Make the draft that its author saw public, as if it was written now, and tell of it, in the caller's transaction.

    What it said before is nobody's affair and goes. Who writes it follows it. Raises NotFoundError for anybody who does
    not write it, NotAllowedError for co-authors, NotADraftError, StaleVersionError or ProcessPhaseError; TooManyError
    where its author has published as many within a day as may be made in one, however long ago these were begun.
    """
    await comments.one_at_a_time(session, author.person)
    row = await proposals.one(session, author.collectivity, proposal_id, lock=True, drafts=True)
    others = (await co_authors.of(session, row.id))[row.id]
    if author.person != row.person:
        raise NotAllowedError if author.person in others else NotFoundError
    check_draft(row.state)
    check_seen(row.version, version)
    await check_proposal_phase(session, row, Act.SUBMIT_PROPOSAL, now)
    if await proposals.published_since(session, author.person, now - timedelta(days=1)) >= DAILY:
        raise TooManyError
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


async def forget_erased_drafts(database: Database, persons: PersonKeys) -> None:
    """Delete the drafts of people who were erased: nobody publishes them any more, and others went on reading them.

    A key that was never made is made here: only one that was destroyed is missing after that.
    """
    after: proposal_drafts.Place | None = None
    while True:
        async with database.reading() as session:
            found = await proposal_drafts.people(session, after, _BATCH)
        people = {person for _, _, person in found}
        for person in people - (await persons.of_many(people, make=True)).keys():
            async with database.unit_of_work() as uow:
                for row in await proposal_drafts.of_author(uow.session, person):
                    await proposal_drafts.discard(uow.session, row)
                await uow.commit()
        if len(found) < _BATCH:
            return
        after = found[-1][:2]
