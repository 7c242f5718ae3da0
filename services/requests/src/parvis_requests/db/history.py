# SPDX-License-Identifier: EUPL-1.2
"""The acts on a request, in pages: one that lives long has many."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Select, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db.keyset import Position, Slice
from parvis_requests.db.tables import HistoryEntry
from parvis_requests.domain.request import OnBehalf, Visibility

_BATCH: Final = 1_000


async def page(
    session: AsyncSession, request_id: UUID, *, internal: bool, position: Position | None, limit: int
) -> Slice[HistoryEntry]:
    """One page, the oldest first; with what only agents may know where ``internal``."""
    backward = position is not None and position.backward
    wanted = _acts(request_id, internal=internal)
    if position is not None:
        place, number = HistoryEntry.sequence, position.id.int
        wanted = wanted.where(place < number if backward else place > number)
    order = HistoryEntry.sequence.desc() if backward else HistoryEntry.sequence
    rows = list((await session.scalars(wanted.order_by(order).limit(limit + 1))).all())
    more, kept = len(rows) > limit, rows[:limit]
    if not kept:
        return Slice((), None, None)
    if backward:
        kept.reverse()
    follows, precedes = more or backward, more if backward else position is not None
    return Slice(kept, _place(kept[-1]) if follows else None, _place(kept[0], backward=True) if precedes else None)


async def whole(session: AsyncSession, request_id: UUID, *, internal: bool) -> Sequence[HistoryEntry]:
    """All of it, however long."""
    found: list[HistoryEntry] = []
    while True:
        last = found[-1].sequence if found else 0
        wanted = _acts(request_id, internal=internal).where(HistoryEntry.sequence > last)
        rows = (await session.scalars(wanted.order_by(HistoryEntry.sequence).limit(_BATCH))).all()
        found += rows
        if len(rows) < _BATCH:
            return found


async def filed_by(session: AsyncSession, request_id: UUID) -> OnBehalf | None:
    """Who filed a request for its author, by its first act; None where they did it themselves."""
    first = select(HistoryEntry.acted_by, HistoryEntry.acted_by_agent).where(HistoryEntry.request_id == request_id)
    row = (await session.execute(first.order_by(HistoryEntry.sequence).limit(1))).first()
    return OnBehalf(row.acted_by, bool(row.acted_by_agent)) if row and row.acted_by else None


async def was_in(session: AsyncSession, request_id: UUID, states: Collection[str]) -> bool:
    """Whether an act has ever left the request in one of these states."""
    wanted = exists().where(HistoryEntry.request_id == request_id, HistoryEntry.status.in_(states))
    return bool(await session.scalar(select(wanted)))


async def teams_given(session: AsyncSession, request_id: UUID) -> Sequence[tuple[int, str]]:
    """The acts that gave a request to a team, and to which, the first first."""
    wanted = select(HistoryEntry.sequence, HistoryEntry.team).where(
        HistoryEntry.request_id == request_id, HistoryEntry.team.is_not(None)
    )
    rows = await session.execute(wanted.order_by(HistoryEntry.sequence))
    return [(sequence, team) for sequence, team in rows if team]


async def last_at(session: AsyncSession, request_id: UUID, action: str) -> datetime | None:
    """When that act was last done to the request."""
    wanted = select(func.max(HistoryEntry.at)).where(
        HistoryEntry.request_id == request_id, HistoryEntry.action == action
    )
    return (await session.execute(wanted)).scalar_one_or_none()


def _acts(request_id: UUID, *, internal: bool) -> Select[tuple[HistoryEntry]]:
    acts = select(HistoryEntry).where(HistoryEntry.request_id == request_id)
    return acts if internal else acts.where(HistoryEntry.visibility == Visibility.PUBLIC)


def _place(entry: HistoryEntry, *, backward: bool = False) -> Position:
    # Cursors carry an instant and an id; of an act, its number is the id.
    return Position(entry.at, UUID(int=entry.sequence), backward=backward)
