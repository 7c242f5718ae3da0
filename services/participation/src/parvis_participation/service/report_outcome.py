# SPDX-License-Identifier: EUPL-1.2
"""The town says what becomes of a proposal, for everybody to read; those who follow it are told."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.clocks import clock_of
from parvis_kit.db.database import Database
from parvis_kit.ids import uuid7
from parvis_kit.messaging import outbox
from parvis_participation import accountability_events
from parvis_participation.db import accountability, merged_accounts, proposals
from parvis_participation.db.accountability_tables import ProposalMilestone as Row
from parvis_participation.domain.accountability import ProposalOutcome, check_milestone
from parvis_participation.domain.town_day import day_of
from parvis_participation.service.deposit_project import Author
from parvis_participation.service.support_anew import support_anew

_BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Reported:
    """A milestone, and whether people support the proposal anew, from then on or soon."""

    row: Row
    supports_anew: bool


@dataclass(frozen=True, slots=True)
class Milestone:
    """What was decided or done, and on which day; texts by language, ``cost`` in euros, a decimal number.

    ``expected_on`` is by when the town means to have done it.
    """

    outcome: ProposalOutcome
    title: dict[str, str]
    details: dict[str, str]
    reached_on: date
    expected_on: date | None
    cost: str | None


async def report_outcome(
    session: AsyncSession, agent: Author, proposal_id: UUID, milestone: Milestone, *, now: datetime
) -> Reported:
    """The milestone, told, in the caller's transaction; from now on its outcome holds.

    Raises NotFoundError, ProposalGoneError, MilestoneOrderError or FutureMilestoneError.
    """
    proposal = await proposals.one(session, agent.collectivity, proposal_id, lock=True)
    today = day_of(now, clock_of(agent.collectivity))
    check_milestone(proposal.state, proposal.outcome, milestone.outcome, milestone.reached_on, today)
    proposal.outcome, proposal.outcome_on = milestone.outcome, milestone.reached_on
    proposal.cost = milestone.cost or proposal.cost
    row = Row(
        id=uuid7(),
        collectivity=agent.collectivity,
        proposal_id=proposal_id,
        reported_by=agent.person,
        created_at=now,
        **asdict(milestone),
    )
    session.add(row)
    await session.flush()
    await outbox.add(session, accountability_events.milestone_reported(row, now))
    return Reported(row, await support_anew(session, proposal, now))


async def follow_proposal(
    session: AsyncSession, collectivity: str, person: UUID, proposal_id: UUID, *, following: bool, now: datetime
) -> None:
    """Follow from now on, or no more; asked again, nothing changes. Raises NotFoundError."""
    row = await proposals.one(session, collectivity, proposal_id)
    standing = await merged_accounts.standing(session, person)
    if following:
        await accountability.follow(session, row, standing, now)
    else:
        await accountability.follow_no_more(session, row.id, standing)


async def tell_milestones(database: Database, now: datetime) -> None:
    """Tell followers what became of proposals; each once, late rather than never."""
    while await _tell_some(database, now):
        pass


async def _tell_some(database: Database, now: datetime) -> bool:
    """Some followers of one milestone; where it stopped is written with the events: a kill repeats none of them."""
    async with database.unit_of_work() as uow:
        milestone = await accountability.untold(uow.session)
        if milestone is None:
            return False
        found = await accountability.next_followers(uow.session, milestone, _BATCH)
        for follower in found:
            await outbox.add(uow.session, accountability_events.milestone_told(milestone, follower, now))
        if found:
            milestone.told_after = found[-1].id
        if len(found) < _BATCH:
            milestone.told_at = now
        await uow.commit()
    return True
