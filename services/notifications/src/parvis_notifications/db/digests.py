# SPDX-License-Identifier: EUPL-1.2
"""Mails that gather several messages, and what is in them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_notifications.db import gathered_news
from parvis_notifications.db.delivery_tables import Delivery, DeliveryDecision
from parvis_notifications.db.digest_tables import Digest
from parvis_notifications.db.tables import Message
from parvis_notifications.domain.preferences import Outcome, Reason

# Named apart, it is read once: inside the condition PostgreSQL may read it again for each row, and takes more.
_CLAIM: Final = """
WITH due AS (
    SELECT id FROM digest WHERE closed_at IS NULL AND look_at <= now() ORDER BY look_at LIMIT $1 FOR UPDATE SKIP LOCKED)
UPDATE digest SET look_at = now() + $2 WHERE id IN (SELECT id FROM due)
RETURNING id, person, collectivity
"""
_LATER: Final = "UPDATE digest SET look_at = now() + $2 WHERE id = $1 AND closed_at IS NULL"


@dataclass(frozen=True, slots=True)
class DueDigest:
    """One whose time has come."""

    id: UUID
    person: UUID
    collectivity: str


async def joining(
    session: AsyncSession, person: UUID, collectivity: str, *, work: bool, due_at: datetime, now: datetime
) -> UUID:
    """The one that goes then, made where there is none; nobody closes it before the caller's transaction ends."""
    key = {"person": person, "collectivity": collectivity, "work": work, "due_at": due_at}
    fresh = insert(Digest).values(id=uuid7(), look_at=due_at, created_at=now, **key)
    kept = fresh.on_conflict_do_update(
        index_elements=["person", "collectivity", "work", "due_at"],
        index_where=Digest.closed_at.is_(None),
        set_={"due_at": fresh.excluded.due_at},
    )
    return (await session.execute(kept.returning(Digest.id))).scalar_one()


async def claim(pool: "asyncpg.Pool[Any]", limit: int, lease: timedelta) -> list[DueDigest]:
    """Those whose time has come, the longest due; nobody else looks at them for that long."""
    return [DueDigest(**row) for row in await pool.fetch(_CLAIM, limit, lease)]


async def later(pool: "asyncpg.Pool[Any]", digest_id: UUID, pause: timedelta) -> None:
    """Look again after that time."""
    await pool.execute(_LATER, digest_id, pause)


async def hold(session: AsyncSession, digest_id: UUID) -> Digest | None:
    """One that is open, locked; None where another has closed it, or is about to."""
    wanted = select(Digest).where(Digest.id == digest_id, Digest.closed_at.is_(None))
    return (await session.execute(wanted.with_for_update(skip_locked=True))).scalar_one_or_none()


async def leave_out(session: AsyncSession, digest_id: UUID, reason: Reason, templates: Collection[str] | None) -> None:
    """What is in it does not go by mail: all of it, or the messages of these occasions."""
    mine = update(DeliveryDecision).where(DeliveryDecision.digest_id == digest_id)
    if templates is not None:
        told = select(Message.id).where(
            Message.id == DeliveryDecision.message_id, Message.template.in_(list(templates))
        )
        mine = mine.where(told.exists())
    gone = mine.values(outcome=Outcome.WITHHELD, reason=reason, digest_id=None)
    await session.execute(gone.execution_options(synchronize_session=False))


async def contents(session: AsyncSession, digest_id: UUID, most: int) -> tuple[Sequence[Message], int]:
    """The first messages of it, the oldest first, and how many there are in all."""
    inside = (
        select(Message)
        .join(DeliveryDecision, DeliveryDecision.message_id == Message.id)
        .where(DeliveryDecision.digest_id == digest_id)
    )
    first = (await session.scalars(inside.order_by(Message.created_at, Message.id).limit(most))).all()
    counted = select(func.count()).select_from(inside.with_only_columns(Message.id).subquery())
    return first, await session.scalar(counted) or 0


async def templates_in(session: AsyncSession, digest_id: UUID) -> set[str]:
    """The occasions of what is in it."""
    inside = select(Message.template).join(DeliveryDecision, DeliveryDecision.message_id == Message.id)
    return set((await session.scalars(inside.where(DeliveryDecision.digest_id == digest_id).distinct())).all())


async def of_delivery(session: AsyncSession, delivery_id: UUID) -> UUID | None:
    """The one that a mail is; None for a mail of one message."""
    wanted = select(Digest.id).join(Delivery, Delivery.target == Digest.id).where(Delivery.id == delivery_id)
    return (await session.execute(wanted)).scalar_one_or_none()


async def deliveries_of(session: AsyncSession, digest_ids: Collection[UUID]) -> dict[UUID, Delivery]:
    """The mails of these, where they were made."""
    if not digest_ids:
        return {}
    wanted = select(Digest.id, Delivery).join(Delivery, Delivery.id == Digest.delivery_id)
    found = (await session.execute(wanted.where(Digest.id.in_(list(digest_ids))))).tuples()
    return dict(found.all())


async def everywhere(session: AsyncSession, person: UUID) -> Sequence[Digest]:
    """All of an account's, locked."""
    wanted = select(Digest).where(Digest.person == person).order_by(Digest.id)
    return (await session.scalars(wanted.with_for_update())).all()


async def pour(session: AsyncSession, digest: Digest, into: UUID) -> None:
    """All that is in an open one goes with another, of another account."""
    other = await joining(
        session, into, digest.collectivity, work=digest.work, due_at=digest.due_at, now=digest.created_at
    )
    moved = update(DeliveryDecision).where(DeliveryDecision.digest_id == digest.id).values(digest_id=other)
    await session.execute(moved.execution_options(synchronize_session=False))
    await gathered_news.pour(session, digest.id, other)
    await session.delete(digest)
    await session.flush()
