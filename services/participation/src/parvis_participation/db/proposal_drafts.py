# SPDX-License-Identifier: EUPL-1.2
"""The proposals that somebody writes, by themselves or with others, drafts among them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_participation.db import co_authors, proposals
from parvis_participation.db.accountability_tables import ProposalFollower
from parvis_participation.db.co_author_tables import ProposalCoAuthor
from parvis_participation.db.proposal_tables import Proposal as Row
from parvis_participation.domain.errors import NotFoundError
from parvis_participation.domain.proposal import ProposalState

Place = tuple[datetime, UUID]
"""When a draft was changed, and its id."""


async def own(session: AsyncSession, collectivity: str, proposal_id: UUID, person: UUID) -> Row:
    """A proposal that this person writes; raises NotFoundError for anybody else's."""
    row = await proposals.one(session, collectivity, proposal_id, drafts=True)
    if person not in [row.person, *(await co_authors.of(session, row.id))[row.id]]:
        raise NotFoundError
    return row


async def own_page(
    session: AsyncSession, collectivity: str, person: UUID, position: keyset.Position | None, limit: int
) -> keyset.Slice[Row]:
    """One page of the proposals that somebody writes, newest first, in every state."""
    theirs = select(Row.id).where(Row.person == person)
    joined = select(ProposalCoAuthor.proposal_id).where(ProposalCoAuthor.person == person)
    wanted = select(Row).where(Row.collectivity == collectivity, Row.id.in_(theirs.union(joined)))
    rows = await session.scalars(keyset.at(wanted, Row.created_at, Row.id, position, limit))
    return keyset.cut(rows.all(), position, limit)


async def old(session: AsyncSession, before: datetime, limit: int) -> Sequence[Row]:
    """Drafts that nobody has changed since then, locked."""
    wanted = select(Row).where(Row.state == ProposalState.DRAFT, Row.changed_at < before)
    return (await session.scalars(wanted.order_by(Row.changed_at).limit(limit).with_for_update(skip_locked=True))).all()


async def people(session: AsyncSession, after: Place | None, limit: int) -> Sequence[tuple[datetime, UUID, UUID]]:
    """The next drafts after that one, with whose they are, the one that nobody has changed for the longest first."""
    place = (Row.changed_at, Row.id)
    wanted = select(*place, Row.person).where(Row.state == ProposalState.DRAFT)
    if after is not None:
        wanted = wanted.where(tuple_(*place) > after)
    return [(at, draft, person) for at, draft, person in await session.execute(wanted.order_by(*place).limit(limit))]


async def of_author(session: AsyncSession, person: UUID) -> Sequence[Row]:
    """The drafts of one author, locked in the order of their ids."""
    wanted = select(Row).where(Row.person == person, Row.state == ProposalState.DRAFT)
    return (await session.scalars(wanted.order_by(Row.id).with_for_update())).all()


async def discard(session: AsyncSession, row: Row) -> None:
    """Delete a draft, with all that was written in it and who wrote it: nobody else has seen it."""
    await proposals.forget(session, row.id)
    await co_authors.forget(session, row.id)
    followers = delete(ProposalFollower).where(ProposalFollower.proposal_id == row.id)
    await session.execute(followers.execution_options(synchronize_session=False))
    await session.delete(row)
    await session.flush()
