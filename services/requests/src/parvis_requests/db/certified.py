# SPDX-License-Identifier: EUPL-1.2
"""Answers that another administration certifies: consented to, certified or not, and joined to a request."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db.tables import CertifiedRow
from parvis_requests.domain.certified import CertifiedState
from parvis_requests.domain.errors import NotFoundError
from parvis_requests.domain.request import Actor

_STILL: Final = {"synchronize_session": False}


def _own(actor: Actor) -> tuple[Any, ...]:
    return (CertifiedRow.person == actor.person, CertifiedRow.collectivity == actor.collectivity)


async def one(session: AsyncSession, actor: Actor, answer_id: UUID) -> CertifiedRow:
    """One of the actor's own; raises NotFoundError."""
    row = await session.scalar(select(CertifiedRow).where(CertifiedRow.id == answer_id, *_own(actor)))
    if row is None:
        raise NotFoundError
    return row


async def own(session: AsyncSession, actor: Actor, ids: Collection[UUID]) -> Sequence[CertifiedRow]:
    """Those of these that are the actor's own, whatever became of them."""
    wanted = select(CertifiedRow).where(CertifiedRow.id.in_(ids), *_own(actor))
    return (await session.scalars(wanted.order_by(CertifiedRow.id))).all()


async def of_requests(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, list[CertifiedRow]]:
    """Those that joined these requests, in one look-up."""
    found: dict[UUID, list[CertifiedRow]] = {}
    wanted = select(CertifiedRow).where(CertifiedRow.request_id.in_(ids)).order_by(CertifiedRow.id)
    for row in await session.scalars(wanted):
        if row.request_id is not None:
            found.setdefault(row.request_id, []).append(row)
    return found


async def count_loose(session: AsyncSession, actor: Actor) -> int:
    """How many of the actor's own have joined nothing."""
    wanted = select(func.count()).where(*_own(actor), CertifiedRow.request_id.is_(None))
    return await session.scalar(wanted) or 0


def add(session: AsyncSession, **values: Any) -> CertifiedRow:
    """Keep a consent."""
    row = CertifiedRow(state=CertifiedState.ASKED, **values)
    session.add(row)
    return row


async def conclude(session: AsyncSession, row: CertifiedRow, **outcome: Any) -> None:
    """Keep what came of it, the first time; nothing where its account went into another one meanwhile."""
    wanted = update(CertifiedRow).where(
        CertifiedRow.id == row.id, CertifiedRow.person == row.person, CertifiedRow.state == CertifiedState.ASKED
    )
    await session.execute(wanted.values(outcome).execution_options(**_STILL))


async def of_person(session: AsyncSession, person: UUID) -> Sequence[CertifiedRow]:
    """All of somebody's, locked."""
    wanted = select(CertifiedRow).where(CertifiedRow.person == person).order_by(CertifiedRow.id)
    return (await session.scalars(wanted.with_for_update())).all()


async def remove_loose(session: AsyncSession, before: datetime, most: int) -> int:
    """Delete those that joined no request in time; returns how many."""
    old = (CertifiedRow.request_id.is_(None), CertifiedRow.created_at < before)
    some = select(CertifiedRow.id).where(*old).order_by(CertifiedRow.created_at).limit(most)
    gone = delete(CertifiedRow).where(CertifiedRow.id.in_(some.with_for_update(skip_locked=True)))
    return len((await session.execute(gone.returning(CertifiedRow.id).execution_options(**_STILL))).all())
