# SPDX-License-Identifier: EUPL-1.2
"""The browsers that people are told by."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_notifications.db.push_tables import PushSubscription
from parvis_notifications.domain.errors import NotFoundError
from parvis_notifications.domain.reader import Reader


def add(session: AsyncSession, **values: Any) -> PushSubscription:
    """Keep one, in the caller's transaction."""
    row = PushSubscription(version=1, **values)
    session.add(row)
    return row


async def marked(session: AsyncSession, collectivity: str, mark: bytes) -> PushSubscription | None:
    """The one of that address, whoever's it is, locked."""
    wanted = select(PushSubscription).where(
        PushSubscription.collectivity == collectivity, PushSubscription.mark == mark
    )
    return (await session.execute(wanted.with_for_update())).scalar_one_or_none()


async def of_reader(session: AsyncSession, reader: Reader) -> Sequence[PushSubscription]:
    """A person's browsers in a collectivity, the newest first."""
    wanted = select(PushSubscription).where(
        PushSubscription.person == reader.person,
        PushSubscription.collectivity == reader.collectivity,
        PushSubscription.work == reader.work,
    )
    return (await session.scalars(wanted.order_by(PushSubscription.created_at.desc(), PushSubscription.id))).all()


async def count_locked(session: AsyncSession, reader: Reader) -> int:
    """How many browsers a person has there; one subscription of theirs at a time."""
    lock = f"push-subscription/{reader.collectivity}/{reader.person}"
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(lock, 0))))
    return len(await of_reader(session, reader))


async def one(session: AsyncSession, reader: Reader, subscription_id: UUID) -> PushSubscription:
    """One of the reader's; raises NotFoundError."""
    wanted = select(PushSubscription).where(
        PushSubscription.id == subscription_id,
        PushSubscription.person == reader.person,
        PushSubscription.collectivity == reader.collectivity,
        PushSubscription.work == reader.work,
    )
    row = (await session.execute(wanted)).scalar_one_or_none()
    if row is None:
        raise NotFoundError
    return row


async def remove(session: AsyncSession, row: PushSubscription) -> None:
    """Take it away; what waits for it finds it gone."""
    await session.delete(row)
    await session.flush()


async def everywhere(session: AsyncSession, person: UUID) -> Sequence[PushSubscription]:
    """All browsers of an account, in every collectivity, locked."""
    wanted = select(PushSubscription).where(PushSubscription.person == person).order_by(PushSubscription.id)
    return (await session.scalars(wanted.with_for_update())).all()


async def of_delivery(session: AsyncSession, subscription_id: UUID | None) -> PushSubscription | None:
    """The one that a delivery goes to; None where it was taken away."""
    return None if subscription_id is None else await session.get(PushSubscription, subscription_id)


async def of_people(
    session: AsyncSession, collectivity: str, people: Collection[UUID]
) -> dict[UUID, list[PushSubscription]]:
    """The browsers by which these people are told what is told to people, not to agents."""
    wanted = select(PushSubscription).where(
        PushSubscription.person.in_(people), PushSubscription.collectivity == collectivity, ~PushSubscription.work
    )
    found: dict[UUID, list[PushSubscription]] = {}
    for row in (await session.scalars(wanted.order_by(PushSubscription.created_at, PushSubscription.id))).all():
        found.setdefault(row.person, []).append(row)
    return found


async def gone(session: AsyncSession, subscription_id: UUID, version: int) -> None:
    """Its push service knows it no longer; not where the browser has given new keys since."""
    same = (PushSubscription.id == subscription_id, PushSubscription.version == version)
    await session.execute(delete(PushSubscription).where(*same))


async def took(session: AsyncSession, *subscription_ids: UUID) -> None:
    """Their push services have taken a message."""
    await session.execute(
        update(PushSubscription).where(PushSubscription.id.in_(subscription_ids)).values(taken_at=func.now())
    )
