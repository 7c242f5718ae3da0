# SPDX-License-Identifier: EUPL-1.2
"""The consultations' rows, and the counts of their answers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Select, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_participation.db.only import only
from parvis_participation.db.tables import Consultation as Row
from parvis_participation.domain.consultation import Consultation, State
from parvis_participation.domain.errors import StaleVersionError

# In one statement: answers may be forgotten between two.
_COUNTS: Final = text("""
SELECT option, count(*) AS times FROM answer WHERE consultation_id = :consultation
    AND (SELECT counted IS NULL FROM consultation WHERE id = :consultation) GROUP BY option
UNION ALL
SELECT key, value::integer FROM consultation, jsonb_each_text(counted)
WHERE id = :consultation AND counted IS NOT NULL
""")


async def one(
    session: AsyncSession, collectivity: str, consultation_id: UUID, *, published: bool = False, lock: bool = False
) -> Row:
    """A consultation of that collectivity, a published one where ``published``; raises NotFoundError."""
    wanted = select(Row).where(Row.id == consultation_id, Row.collectivity == collectivity)
    if published:
        wanted = wanted.where(Row.published_at.is_not(None))
    return await only(session, wanted.with_for_update() if lock else wanted)


async def page(
    session: AsyncSession,
    collectivity: str,
    states: Sequence[State],
    position: keyset.Position | None,
    limit: int,
    now: datetime,
) -> keyset.Slice[Row]:
    """One page of the published consultations, newest first."""
    wanted = select(Row).where(Row.collectivity == collectivity, Row.published_at.is_not(None))
    if states:
        wanted = _in_states(wanted, states, now)
    rows = await session.scalars(keyset.at(wanted, Row.created_at, Row.id, position, limit))
    return keyset.cut(rows.all(), position, limit)


def _in_states(wanted: Select[tuple[Row]], states: Sequence[State], now: datetime) -> Select[tuple[Row]]:
    conditions = {
        State.SCHEDULED: (Row.opens_at >= now) & (Row.closes_at > now),
        State.OPEN: (Row.opens_at < now) & (Row.closes_at > now),
        State.CLOSED: Row.closes_at <= now,
        State.DRAFT: Row.published_at.is_(None),
    }
    either = conditions[states[0]]
    for state in states[1:]:
        either |= conditions[state]
    return wanted.where(either)


def entity(row: Row) -> Consultation:
    """The domain's view of a row."""
    return Consultation(
        id=row.id,
        collectivity=row.collectivity,
        options=tuple(option["code"] for option in row.options),
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        published_at=row.published_at,
        version=row.version,
    )


async def save(session: AsyncSession, after: Consultation) -> None:
    """Write what an act changed; raises StaleVersionError when another act came first."""
    result = await session.execute(
        update(Row)
        .where(Row.id == after.id, Row.version == after.version - 1)
        .values(published_at=after.published_at, closes_at=after.closes_at, version=after.version)
        .execution_options(synchronize_session=False)
        .returning(Row.id)
    )
    if result.first() is None:
        raise StaleVersionError


async def due(session: AsyncSession, now: datetime, *, closing: bool) -> Row | None:
    """A published consultation whose opening (or closing) has come and has not been told, locked; None if none."""
    told, at = (Row.closing_told_at, Row.closes_at) if closing else (Row.opening_told_at, Row.opens_at)
    wanted = select(Row).where(told.is_(None), at < now, Row.published_at.is_not(None))
    if closing:
        # Opening is told first, however late.
        wanted = wanted.where(Row.opening_told_at.is_not(None))
    wanted = wanted.order_by(at).limit(1).with_for_update(skip_locked=True)
    return (await session.execute(wanted)).scalar_one_or_none()


async def counts(session: AsyncSession, consultation_id: UUID) -> dict[str, int]:
    """How many answered what: counted, so that it is exact and no row is hot; kept once who did is forgotten."""
    return {row.option: row.times for row in await session.execute(_COUNTS, {"consultation": consultation_id})}
