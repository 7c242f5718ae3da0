# SPDX-License-Identifier: EUPL-1.2
"""The participatory budgets' rows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_participation.db.only import only
from parvis_participation.db.rules import ballot_rules, envelopes_of, method_of, projects_of
from parvis_participation.db.tables import Budget as Row
from parvis_participation.domain.budget import DATED, Budget, Phase
from parvis_participation.domain.errors import StaleVersionError


async def one(
    session: AsyncSession, collectivity: str, budget_id: UUID, *, published: bool = True, lock: bool = False
) -> Row:
    """A budget of that collectivity, a published one where ``published``; raises NotFoundError."""
    wanted = select(Row).where(Row.id == budget_id, Row.collectivity == collectivity)
    if published:
        wanted = wanted.where(Row.published_at.is_not(None))
    return await only(session, wanted.with_for_update() if lock else wanted)


async def held(session: AsyncSession, collectivity: str, budget_id: UUID) -> Row:
    """The same, published, which cannot be frozen before this transaction ends; raises NotFoundError."""
    wanted = select(Row).where(Row.id == budget_id, Row.collectivity == collectivity, Row.published_at.is_not(None))
    return await only(session, wanted.with_for_update(read=True))


async def page(
    session: AsyncSession, collectivity: str, position: keyset.Position | None, limit: int
) -> keyset.Slice[Row]:
    """One page of the published budgets, newest first."""
    wanted = select(Row).where(Row.collectivity == collectivity, Row.published_at.is_not(None))
    rows = await session.scalars(keyset.at(wanted, Row.created_at, Row.id, position, limit))
    return keyset.cut(rows.all(), position, limit)


async def to_freeze(session: AsyncSession, now: datetime) -> Row | None:
    """A published budget whose vote has begun and whose options are not frozen, locked; None if there is none."""
    wanted = select(Row).where(Row.frozen_at.is_(None), Row.vote_at <= now, Row.published_at.is_not(None))
    wanted = wanted.where(Row.called_off_at.is_(None))
    wanted = wanted.order_by(Row.vote_at).limit(1).with_for_update(skip_locked=True)
    return (await session.execute(wanted)).scalar_one_or_none()


async def to_count(session: AsyncSession, now: datetime) -> Row | None:
    """A frozen budget whose vote by name has closed, not counted and not at rest, locked; None if there is none.

    A secret vote is counted by its board. A vote that is on its way holds the row, which then is passed over until the
    next look.
    """
    wanted = select(Row).where(Row.counted_at.is_(None), Row.result_at <= now, Row.frozen_at.is_not(None))
    wanted = wanted.where(Row.secret.is_(None), Row.called_off_at.is_(None))
    wanted = wanted.where(or_(Row.count_after.is_(None), Row.count_after <= now))
    wanted = wanted.order_by(Row.result_at).limit(1).with_for_update(skip_locked=True)
    return (await session.execute(wanted)).scalar_one_or_none()


async def counting(session: AsyncSession, budget_id: UUID, tries: int) -> Row | None:
    """The same, locked, once its votes are counted; None where somebody else has taken or counted it meanwhile."""
    wanted = select(Row).where(Row.id == budget_id, Row.counted_at.is_(None), Row.count_tries == tries)
    wanted = wanted.where(Row.called_off_at.is_(None))
    return (await session.execute(wanted.with_for_update())).scalar_one_or_none()


async def rest(session: AsyncSession, budget_id: UUID, tries: int, until: datetime) -> None:
    """Let nobody count it before then; it was taken so often."""
    at_rest = update(Row).where(Row.id == budget_id).values(count_tries=tries, count_after=until)
    await session.execute(at_rest.execution_options(synchronize_session=False))


async def uncounted(session: AsyncSession) -> Sequence[Row]:
    """The published budgets with votes by name that are not counted yet, in one order."""
    wanted = select(Row).where(Row.published_at.is_not(None), Row.counted_at.is_(None), Row.secret.is_(None))
    wanted = wanted.order_by(Row.id)
    return (await session.scalars(wanted)).all()


async def voting(session: AsyncSession, now: datetime) -> Sequence[Row]:
    """The budgets whose vote is open."""
    wanted = select(Row).where(Row.frozen_at.is_not(None), Row.counted_at.is_(None), Row.result_at > now)
    wanted = wanted.where(Row.called_off_at.is_(None))
    return (await session.scalars(wanted)).all()


async def tell_tally(session: AsyncSession, budget_id: UUID, tally: dict[str, Any]) -> None:
    """Keep what was counted while the vote is open; the count itself is told elsewhere."""
    told = update(Row).where(Row.id == budget_id, Row.counted_at.is_(None), Row.called_off_at.is_(None))
    told = told.values(tally=tally)
    await session.execute(told.execution_options(synchronize_session=False))


def entity(row: Row) -> Budget:
    """The domain's view of a row."""
    budgets = envelopes_of(row.budgets)
    return Budget(
        id=row.id,
        collectivity=row.collectivity,
        starts={phase: getattr(row, f"{phase}_at") for phase in DATED},
        budgets=budgets,
        rules=ballot_rules(row.rules, budgets),
        method=method_of(row.method),
        changeable=row.changeable,
        projects=projects_of(row.options),
        published_at=row.published_at,
        frozen_at=row.frozen_at,
        counted_at=row.counted_at,
        version=row.version,
        secret=row.secret is not None,
        called_off_at=row.called_off_at,
    )


async def save(session: AsyncSession, after: Budget) -> None:
    """Write what an act changed; raises StaleVersionError when another act came first."""
    result = await session.execute(
        update(Row)
        .where(Row.id == after.id, Row.version == after.version - 1)
        .values(
            published_at=after.published_at,
            frozen_at=after.frozen_at,
            counted_at=after.counted_at,
            called_off_at=after.called_off_at,
            result_at=after.starts[Phase.RESULT],
            version=after.version,
        )
        .execution_options(synchronize_session=False)
        .returning(Row.id)
    )
    if result.first() is None:
        raise StaleVersionError
