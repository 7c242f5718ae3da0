# SPDX-License-Identifier: EUPL-1.2
"""The rows of what became of proposals, and of those who follow them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Exists, delete, exists, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from parvis_kit.db import keyset
from parvis_kit.ids import uuid7
from parvis_participation.db.accountability_tables import ProposalFollower as Follower
from parvis_participation.db.accountability_tables import ProposalMilestone as Row
from parvis_participation.db.proposal_tables import Proposal
from parvis_participation.domain.proposal import ProposalState

# Who follows under both accounts follows once.
# Of two the one that follows for longer stays: who was told up to one of them is not told again by the other.
_ONCE: Final = text("""
DELETE FROM proposal_follower later USING proposal_follower earlier
WHERE later.person IN (:absorbed, :kept) AND earlier.person IN (:absorbed, :kept)
    AND later.proposal_id = earlier.proposal_id AND later.id > earlier.id
""")


@dataclass(frozen=True, slots=True)
class Reported:
    """A milestone with the title of its proposal; None once that is withdrawn or removed."""

    row: Row
    title: str | None

    @property
    def id(self) -> UUID:
        """As the row's."""
        return self.row.id

    @property
    def created_at(self) -> datetime:
        """As the row's."""
        return self.row.created_at


async def page(
    session: AsyncSession, proposal_id: UUID, position: keyset.Position | None, limit: int
) -> keyset.Slice[Row]:
    """One page of what became of a proposal, the last reported first."""
    wanted = select(Row).where(Row.proposal_id == proposal_id)
    rows = await session.scalars(keyset.at(wanted, Row.created_at, Row.id, position, limit))
    return keyset.cut(rows.all(), position, limit)


async def town_page(
    session: AsyncSession, collectivity: str, position: keyset.Position | None, limit: int
) -> keyset.Slice[Reported]:
    """One page of what became of a town's proposals, the last reported first."""
    wanted = select(Row, Proposal.title, Proposal.state).join(Proposal, Proposal.id == Row.proposal_id)
    wanted = wanted.where(Row.collectivity == collectivity)
    found = await session.execute(keyset.at(wanted, Row.created_at, Row.id, position, limit))
    told = [Reported(row, title if state == ProposalState.PUBLISHED else None) for row, title, state in found]
    return keyset.cut(told, position, limit)


def reported_since(proposal_id: InstrumentedAttribute[UUID], since: datetime) -> Exists:
    """Whether the town has said anything of that proposal since then, of whichever day."""
    return exists().where(Row.proposal_id == proposal_id, Row.created_at >= since)


async def last_reported_at(session: AsyncSession, proposal_id: UUID) -> datetime | None:
    """When the town last said what became of a proposal, of whichever day."""
    found: datetime | None = await session.scalar(
        select(func.max(Row.created_at)).where(Row.proposal_id == proposal_id)
    )
    return found


async def follow(session: AsyncSession, proposal: Proposal, person: UUID, now: datetime) -> None:
    """Have somebody follow; asked again, nothing changes."""
    values = {"id": uuid7(), "proposal_id": proposal.id, "person": person, "collectivity": proposal.collectivity}
    await session.execute(insert(Follower).values(values | {"created_at": now}).on_conflict_do_nothing())


async def follow_no_more(session: AsyncSession, proposal_id: UUID, person: UUID) -> None:
    """Have somebody follow no more; asked again, nothing changes."""
    gone = delete(Follower).where(Follower.proposal_id == proposal_id, Follower.person == person)
    await session.execute(gone.execution_options(synchronize_session=False))


async def follows(session: AsyncSession, proposal_id: UUID, person: UUID) -> bool:
    """Whether somebody does."""
    wanted = select(Follower.id).where(Follower.proposal_id == proposal_id, Follower.person == person)
    return (await session.execute(wanted)).first() is not None


async def untold(session: AsyncSession) -> Row | None:
    """A milestone of which followers are still to be told, locked; None if none."""
    wanted = select(Row).where(Row.told_at.is_(None)).order_by(Row.id).limit(1).with_for_update(skip_locked=True)
    return (await session.execute(wanted)).scalar_one_or_none()


async def next_followers(session: AsyncSession, of: Row, limit: int) -> Sequence[Follower]:
    """Those who followed when the milestone came and have not been told of it, by id."""
    wanted = select(Follower).where(Follower.proposal_id == of.proposal_id, Follower.created_at <= of.created_at)
    if of.told_after is not None:
        wanted = wanted.where(Follower.id > of.told_after)
    return (await session.scalars(wanted.order_by(Follower.id).limit(limit))).all()


async def move(session: AsyncSession, absorbed: UUID, kept: UUID) -> None:
    """Let what an account that is no more follows be followed by the kept one."""
    await session.execute(_ONCE, {"absorbed": absorbed, "kept": kept})
    moved = update(Follower).where(Follower.person == absorbed).values(person=kept)
    await session.execute(moved.execution_options(synchronize_session=False))
