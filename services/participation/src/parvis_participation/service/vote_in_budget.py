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
from parvis_participation.domain.errors import NotFoundError, NotVerifiedError, StaleVersionError
from parvis_participation.outgoing.roll_keys import RollKeys, Scrutiny
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
    roll_keys: RollKeys,
    seals: Seals,
    now: datetime,
) -> NewVote:
    """Store the vote in one statement.

    Raises NotFoundError, PhaseError, NotVerifiedError, BallotError or VoteGivenError, or the 503 problem while identity
    cannot say who the person is, and nothing is stored; or ReplayedError, which carries the first answer to the same
    call.
    """
    async with database.reading() as session:
        row = await budgets.one(session, voter.collectivity, voter.budget_id)
    budgets.entity(row).check_vote(choice, voter.acr, now)
    holder = await roll_keys.of(voter.budget_id, voter.person, kind=Scrutiny.BUDGET)
    new = NewVote(voter.budget_id, seals.account_key(voter.budget_id, voter.person), holder.key, choice, now)
    await voting.store(new, call, seal_answer(new))
    return new


async def vote_key(voter: Voter, *, database: Database, roll_keys: RollKeys, seals: Seals) -> bytes:
    """Under which key the person's vote stands, by whichever of their accounts it was given.

    Identity is asked where this account has not voted. Raises NotFoundError where there is no vote, or the 503 problem.
    """
    account_key = seals.account_key(voter.budget_id, voter.person)
    async with database.reading() as session:
        await budgets.one(session, voter.collectivity, voter.budget_id)
        found = await votes.key_of(session, voter.budget_id, account_key, None)
    if found is not None:
        return found
    try:
        holder = await roll_keys.of(voter.budget_id, voter.person, kind=Scrutiny.BUDGET)
    except NotVerifiedError as error:
        raise NotFoundError from error
    async with database.reading() as session:
        found = await votes.key_of(session, voter.budget_id, account_key, holder.key)
    if found is None:
        raise NotFoundError
    return found


async def change_vote(
    session: AsyncSession, voter: Voter, key: bytes, choice: Choice, *, version: int, now: datetime
) -> Row:
    """Vote otherwise, in the caller's transaction; ``key`` is that of :func:`vote_key`.

    Raises NotFoundError, PhaseError, VoteFinalError, NotVerifiedError, BallotError or StaleVersionError.
    """
    budget = budgets.entity(await budgets.held(session, voter.collectivity, voter.budget_id))
    budget.check_change(now)
    budget.check_vote(choice, voter.acr, now)
    row = await _own(session, voter, key, version)
    row.choice, row.voted_at, row.version = [list(item) for item in choice], now, row.version + 1
    await session.flush()
    return row


async def withdraw_vote(session: AsyncSession, voter: Voter, key: bytes, *, version: int, now: datetime) -> None:
    """Take the vote back, in the caller's transaction; who did can vote anew. Raises as :func:`change_vote`."""
    budgets.entity(await budgets.held(session, voter.collectivity, voter.budget_id)).check_change(now)
    await session.delete(await _own(session, voter, key, version))
    await session.flush()


async def _own(session: AsyncSession, voter: Voter, key: bytes, version: int) -> Row:
    row = await votes.one(session, voter.budget_id, key, lock=True)
    if row.version != version:
        raise StaleVersionError
    return row
