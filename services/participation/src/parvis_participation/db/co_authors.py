# SPDX-License-Identifier: EUPL-1.2
"""The rows of those who write proposals together."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.db.co_author_tables import ProposalCoAuthor as Row
from parvis_participation.db.co_author_tables import ProposalInvitation as Invitation
from parvis_participation.db.proposal_tables import Proposal

# Whoever wrote under both accounts did once; nobody is their own co-author.
_MOVE: Final = text("""
WITH gone AS (DELETE FROM proposal_co_author WHERE person = :absorbed RETURNING proposal_id, collectivity, joined_at)
INSERT INTO proposal_co_author (proposal_id, person, collectivity, joined_at)
SELECT gone.proposal_id, :kept, gone.collectivity, joined_at FROM gone JOIN proposal ON proposal.id = gone.proposal_id
WHERE proposal.person <> :kept ON CONFLICT DO NOTHING
""")
_OWN: Final = text("""
DELETE FROM proposal_co_author USING proposal
WHERE proposal.id = proposal_id AND proposal_co_author.person = :kept AND proposal.person = :kept
""")


async def of(session: AsyncSession, *proposals: UUID) -> dict[UUID, list[UUID]]:
    """The co-authors of each of these proposals, the first first."""
    found: dict[UUID, list[UUID]] = {proposal: [] for proposal in proposals}
    if proposals:
        wanted = select(Row.proposal_id, Row.person).where(Row.proposal_id.in_(proposals))
        for proposal, person in await session.execute(wanted.order_by(Row.proposal_id, Row.joined_at, Row.person)):
            found[proposal].append(person)
    return found


async def number(session: AsyncSession, proposal_id: UUID, now: datetime) -> int:
    """How many co-authors a proposal has, and invitations that wait."""
    waiting = select(func.count()).where(Invitation.proposal_id == proposal_id, Invitation.expires_at > now)
    joined = select(func.count()).where(Row.proposal_id == proposal_id)
    return (await session.scalar(waiting) or 0) + (await session.scalar(joined) or 0)


async def answered(session: AsyncSession, proposal_id: UUID, token_hash: bytes, now: datetime) -> bool:
    """Take an invitation away, with those whose time is over; False where there is none that can be answered."""
    over = delete(Invitation).where(Invitation.proposal_id == proposal_id, Invitation.expires_at <= now)
    await session.execute(over.execution_options(synchronize_session=False))
    taken = delete(Invitation).where(Invitation.proposal_id == proposal_id, Invitation.token_hash == token_hash)
    done = await session.execute(taken.returning(Invitation.id).execution_options(synchronize_session=False))
    return done.first() is not None


async def join(session: AsyncSession, proposal: Proposal, person: UUID, now: datetime) -> None:
    """Have somebody write it, too; asked again, nothing changes."""
    values = {"proposal_id": proposal.id, "person": person, "collectivity": proposal.collectivity, "joined_at": now}
    await session.execute(insert(Row).values(values).on_conflict_do_nothing())


async def leave(session: AsyncSession, proposal_id: UUID, person: UUID) -> None:
    """Have somebody write it no more; asked again, nothing changes."""
    gone = delete(Row).where(Row.proposal_id == proposal_id, Row.person == person)
    await session.execute(gone.execution_options(synchronize_session=False))


async def forget(session: AsyncSession, proposal_id: UUID) -> None:
    """Delete who wrote it with its author, and who was to."""
    gone: Sequence[type[Row | Invitation]] = (Row, Invitation)
    for table in gone:
        forgotten = delete(table).where(table.proposal_id == proposal_id)
        await session.execute(forgotten.execution_options(synchronize_session=False))


async def move(session: AsyncSession, absorbed: UUID, kept: UUID) -> None:
    """Let an account that is no more be the kept one, whose proposals have been moved."""
    await session.execute(_MOVE, {"absorbed": absorbed, "kept": kept})
    await session.execute(_OWN, {"kept": kept})
