# SPDX-License-Identifier: EUPL-1.2
"""What requests are found by of their answers, one after the other in the order of their filing, to compute it anew."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db.tables import AnswerKey as Stored
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.answer_filters import AnswerKey

Place = tuple[datetime, UUID]


async def place_of(session: AsyncSession, collectivity: str, request_id: UUID) -> Place | None:
    """Where a request stands in that order; None where there is none of that id."""
    wanted = select(Row.created_at, Row.id).where(Row.id == request_id, Row.collectivity == collectivity)
    found = (await session.execute(wanted)).one_or_none()
    return (found.created_at, found.id) if found else None


async def after(session: AsyncSession, collectivity: str, place: Place | None, most: int) -> Sequence[Place]:
    """Where the next requests stand."""
    wanted = select(Row.created_at, Row.id).where(Row.collectivity == collectivity)
    if place:
        wanted = wanted.where(tuple_(Row.created_at, Row.id) > tuple_(literal(place[0]), literal(place[1])))
    rows = await session.execute(wanted.order_by(Row.created_at, Row.id).limit(most))
    return [(row.created_at, row.id) for row in rows]


async def locked(session: AsyncSession, ids: Collection[UUID], *, wait: bool) -> Sequence[Row]:
    """These requests, locked: an account that is merged meanwhile has its answers sealed anew.

    Unless it may wait, without those that somebody acts on: others lock several in an order of their own, a parent
    before its children, so nobody who waits may hold one.
    """
    wanted = select(Row).where(Row.id.in_(ids)).with_for_update(skip_locked=not wait)
    return (await session.scalars(wanted.execution_options(populate_existing=True))).all()


async def keys_of(session: AsyncSession, ids: Collection[UUID]) -> dict[UUID, list[AnswerKey]]:
    """What these requests have in clear, in its order."""
    found: dict[UUID, list[AnswerKey]] = {}
    wanted = select(Stored).where(Stored.request_id.in_(ids)).order_by(Stored.request_id, Stored.position)
    for row in await session.scalars(wanted):
        key = AnswerKey(row.question, number=row.number, day=row.day, words=row.words)
        found.setdefault(row.request_id, []).append(key)
    return found


async def replace_keys(session: AsyncSession, collectivity: str, keys: Mapping[UUID, Sequence[AnswerKey]]) -> None:
    """Keep these instead of what these requests had."""
    gone = delete(Stored).where(Stored.request_id.in_(keys))
    await session.execute(gone.execution_options(synchronize_session=False))
    session.expunge_all()
    session.add_all(
        Stored(
            request_id=request_id,
            position=position,
            collectivity=collectivity,
            question=key.question,
            number=key.number,
            day=key.day,
            words=key.words,
        )
        for request_id, ours in keys.items()
        for position, key in enumerate(ours, 1)
    )
    await session.flush()
