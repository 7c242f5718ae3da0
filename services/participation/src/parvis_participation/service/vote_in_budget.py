# SPDX-License-Identifier: EUPL-1.2
"""A resident votes in a participatory budget: once, by name; where it says so, the vote can change until the close."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db.database import Database
from parvis_kit.web.idempotency import IdempotentCall
from parvis_participation.db import budgets, votes
from parvis_participation.db.tables import BudgetVote as Row
from parvis_participation.db.votes import NewVote, Voting
from parvis_participation.domain.counting.election import Choice
from parvis_participation.domain.errors import StaleVersionError
from parvis_participation.service.seals import Seals


@dataclass(frozen=True, slots=True)
class Voter:
    """Who votes, in which budget; ``acr`` is the level at which the person signed in."""

    collectivity: str
    budget_id: UUID
    person: UUID
    acr: str | None


async def cast_vote(
    voter: Voter,
    choice: Choice,
    call: IdempotentCall,
    seal_answer: Callable[[NewVote], bytes],
    *,
    database: Database,
    voting: Voting,
    seals: Seals,
    now: datetime,
) -> NewVote:
    """Store the vote in one statement.

    Raises NotFoundError, PhaseError, NotVerifiedError, BallotError or VoteGivenError, and nothing is stored; or
    ReplayedError, which carries the first answer to the same call.
    """
    async with database.reading() as session:
        row = await budgets.one(session, voter.collectivity, voter.budget_id)
    budgets.entity(row).check_vote(choice, voter.acr, now)
    new = NewVote(voter.budget_id, seals.account_key(voter.budget_id, voter.person), choice, now)
    await voting.store(new, call, seal_answer(new))
    return new


async def change_vote(
    session: AsyncSession, voter: Voter, choice: Choice, seals: Seals, *, version: int, now: datetime
) -> Row:
    """Vote otherwise, in the caller's transaction.

    Raises NotFoundError, PhaseError, VoteFinalError, NotVerifiedError, BallotError or StaleVersionError.
    """
    budget = budgets.entity(await budgets.held(session, voter.collectivity, voter.budget_id))
    budget.check_change(now)
    budget.check_vote(choice, voter.acr, now)
    row = await _own(session, voter, seals, version)
    row.choice, row.voted_at, row.version = [list(item) for item in choice], now, row.version + 1
    await session.flush()
    return row


async def withdraw_vote(session: AsyncSession, voter: Voter, seals: Seals, *, version: int, now: datetime) -> None:
    """Take the vote back, in the caller's transaction; who did can vote anew. Raises as :func:`change_vote`."""
    budgets.entity(await budgets.held(session, voter.collectivity, voter.budget_id)).check_change(now)
    await session.delete(await _own(session, voter, seals, version))
    await session.flush()


async def _own(session: AsyncSession, voter: Voter, seals: Seals, version: int) -> Row:
    row = await votes.one(session, voter.budget_id, seals.account_key(voter.budget_id, voter.person), lock=True)
    if row.version != version:
        raise StaleVersionError
    return row
