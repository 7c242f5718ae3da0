# SPDX-License-Identifier: EUPL-1.2
"""The payments of requests, and when the provider is asked of each."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Update, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db.tables import Payment
from parvis_requests.domain.errors import NotFoundError
from parvis_requests.domain.payment import PaymentState

_STILL: Final = {"synchronize_session": False}


async def one(session: AsyncSession, payment_id: UUID, *, lock: bool = False) -> Payment:
    """One of them; raises NotFoundError."""
    wanted = select(Payment).where(Payment.id == payment_id).execution_options(populate_existing=lock)
    row = (await session.execute(wanted.with_for_update() if lock else wanted)).scalar_one_or_none()
    if row is None:
        raise NotFoundError
    return row


async def of_request(session: AsyncSession, request_id: UUID) -> Sequence[Payment]:
    """All of a request's, the oldest first; a sum is paid for with a few."""
    return (await session.scalars(select(Payment).where(Payment.request_id == request_id).order_by(Payment.id))).all()


async def paid(session: AsyncSession, request_id: UUID) -> frozenset[str]:
    """The codes of the sums that were paid."""
    wanted = select(Payment.fee).where(Payment.request_id == request_id, Payment.state == PaymentState.PAID)
    return frozenset(await session.scalars(wanted))


async def count(session: AsyncSession, request_id: UUID) -> int:
    """How many a request has had."""
    return await session.scalar(select(func.count()).where(Payment.request_id == request_id)) or 0


def add(session: AsyncSession, **values: Any) -> Payment:
    """Keep one that begins."""
    row = Payment(**values)
    session.add(row)
    return row


async def opened(session: AsyncSession, payment_id: UUID, operation: str, now: datetime, look_at: datetime) -> None:
    """Know the page of one that begins; of two that were made at once the first counts, and nobody saw the other."""
    wanted = update(Payment).where(
        Payment.id == payment_id, Payment.operation.is_(None), Payment.state == PaymentState.OPEN
    )
    values = {"operation": operation, "opened_at": now, "next_look_at": look_at}
    await session.execute(wanted.values(values).execution_options(**_STILL))


async def hurry(session: AsyncSession, payment_id: UUID, now: datetime, at_least: timedelta) -> None:
    """Have the provider asked at once of one that is not paid, unless it just was.

    Whoever says that something happened may be anybody; nothing can have happened to one that has no page.
    """
    soon = func.greatest(now, func.coalesce(Payment.last_look_at, Payment.created_at) + at_least)
    wanted = update(Payment).where(
        Payment.id == payment_id,
        Payment.state != PaymentState.PAID,
        Payment.operation.is_not(None),
        or_(Payment.next_look_at.is_(None), Payment.next_look_at > soon),
    )
    await session.execute(wanted.values(next_look_at=soon).execution_options(**_STILL))


async def due(session: AsyncSession, now: datetime, limit: int) -> Sequence[UUID]:
    """Those of which the provider is to be asked now, the longest due first."""
    wanted = select(Payment.id).where(Payment.next_look_at <= now).order_by(Payment.next_look_at).limit(limit)
    return (await session.scalars(wanted)).all()


async def claim(session: AsyncSession, payment_id: UUID, now: datetime, until: datetime) -> bool:
    """Take one that is due to ask of it now, and again then if no answer is kept; False where somebody else does."""
    wanted = update(Payment).where(Payment.id == payment_id, Payment.next_look_at <= now)
    return await _taken(session, wanted.values(next_look_at=until, last_look_at=now))


async def claim_look(session: AsyncSession, payment_id: UUID, now: datetime, at_least: timedelta) -> bool:
    """Be the one who asks of it now, due or not; False where somebody has begun to so shortly before."""
    rested = or_(Payment.last_look_at.is_(None), Payment.last_look_at <= now - at_least)
    return await _taken(session, update(Payment).where(Payment.id == payment_id, rested).values(last_look_at=now))


async def _taken(session: AsyncSession, wanted: Update) -> bool:
    taken = await session.execute(wanted.returning(Payment.id).execution_options(**_STILL))
    return taken.first() is not None
