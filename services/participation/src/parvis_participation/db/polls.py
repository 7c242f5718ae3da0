# SPDX-License-Identifier: EUPL-1.2
"""The polls' rows."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_participation.db.only import only
from parvis_participation.db.rules import ballot_rules, eligibility_of, envelopes_of, method_of, projects_of
from parvis_participation.db.tables import Poll as Row
from parvis_participation.db.tables import PollChoice, PollRoot
from parvis_participation.domain.errors import StaleVersionError
from parvis_participation.domain.poll import Board, Poll


async def one(
    session: AsyncSession,
    collectivity: str,
    poll_id: UUID,
    *,
    published: bool = False,
    lock: bool = False,
    share: bool = False,
) -> Row:
    """A poll of that collectivity, a published one where ``published``; raises NotFoundError.

    ``lock`` keeps every other act on it waiting, ``share`` such an act alone.
    """
    wanted = select(Row).where(Row.id == poll_id, Row.collectivity == collectivity)
    if published:
        wanted = wanted.where(Row.published_at.is_not(None))
    if lock:
        wanted = wanted.with_for_update()
    elif share:
        wanted = wanted.with_for_update(read=True, key_share=True)
    return await only(session, wanted)


async def find_draft(session: AsyncSession, poll_id: UUID) -> Row | None:
    """The draft of a budget's poll, locked, if the budget has one."""
    wanted = select(Row).where(Row.id == poll_id, Row.published_at.is_(None), Row.of_budget)
    return (await session.execute(wanted.with_for_update())).scalar_one_or_none()


async def published(session: AsyncSession, poll_id: UUID) -> Row:
    """A published poll, whosever, for who has a voucher for it; raises NotFoundError."""
    wanted = select(Row).where(Row.id == poll_id, Row.published_at.is_not(None))
    return await only(session, wanted)


async def page(
    session: AsyncSession, collectivity: str, position: keyset.Position | None, limit: int
) -> keyset.Slice[Row]:
    """One page of the published polls, newest first."""
    wanted = select(Row).where(Row.collectivity == collectivity, Row.published_at.is_not(None))
    rows = await session.scalars(keyset.at(wanted, Row.created_at, Row.id, position, limit))
    return keyset.cut(rows.all(), position, limit)


def entity(row: Row) -> Poll:
    """The domain's view of a row."""
    budgets = envelopes_of(row.budgets)
    return Poll(
        id=row.id,
        collectivity=row.collectivity,
        projects=projects_of(row.options),
        budgets=budgets,
        rules=ballot_rules(row.rules, budgets),
        method=method_of(row.method),
        board=Board(row.board_key, row.board_members, row.board_threshold),
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        published_at=row.published_at,
        counted_at=row.counted_at,
        version=row.version,
        eligibility=eligibility_of(row.eligibility),
        cancelled_at=row.cancelled_at,
    )


async def save(session: AsyncSession, after: Poll) -> None:
    """Write what an act changed; raises StaleVersionError when another act came first."""
    result = await session.execute(
        update(Row)
        .where(Row.id == after.id, Row.version == after.version - 1)
        .values(
            published_at=after.published_at,
            counted_at=after.counted_at,
            cancelled_at=after.cancelled_at,
            closes_at=after.closes_at,
            version=after.version,
        )
        .execution_options(synchronize_session=False)
        .returning(Row.id)
    )
    if result.first() is None:
        raise StaleVersionError


async def latest_root(session: AsyncSession, poll_id: UUID) -> PollRoot | None:
    """The newest signed root, if any."""
    wanted = select(PollRoot).where(PollRoot.poll_id == poll_id).order_by(PollRoot.batch.desc()).limit(1)
    return (await session.execute(wanted)).scalar_one_or_none()


async def roots(session: AsyncSession, poll_id: UUID) -> Sequence[PollRoot]:
    """All signed roots, oldest first."""
    wanted = select(PollRoot).where(PollRoot.poll_id == poll_id).order_by(PollRoot.batch)
    return (await session.scalars(wanted)).all()


async def choices(session: AsyncSession, poll_id: UUID) -> Sequence[PollChoice]:
    """What the opened ballots say, in the order of the published urn."""
    wanted = select(PollChoice).where(PollChoice.poll_id == poll_id).order_by(PollChoice.place)
    return (await session.scalars(wanted)).all()
