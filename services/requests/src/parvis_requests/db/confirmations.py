# SPDX-License-Identifier: EUPL-1.2
"""The rows of the addresses that are to be confirmed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db.tables import Confirmation, Follow, Reporter, Tracking
from parvis_requests.db.tables import Request as Row

# That of a collectivity in which a request of that person is stored.
_FILED = exists().where(Row.collectivity == Confirmation.collectivity, Row.author == Confirmation.person)
_FOLLOWS = exists().where(Follow.collectivity == Confirmation.collectivity, Follow.person == Confirmation.person)


async def by_digest(session: AsyncSession, digest: bytes) -> Confirmation | None:
    """The one whose mail has the token of that digest."""
    return (await session.execute(select(Confirmation).where(Confirmation.digest == digest))).scalar_one_or_none()


async def by_tracking(session: AsyncSession, digest: bytes) -> Confirmation | None:
    """The one of whoever has the tracking token of that digest, locked."""
    wanted = select(Confirmation).join(Tracking, Tracking.person == Confirmation.person)
    found = await session.execute(wanted.where(Tracking.digest == digest).with_for_update(of=Confirmation))
    return found.scalar_one_or_none()


async def of_person(session: AsyncSession, person: UUID) -> Confirmation | None:
    """What somebody was asked to confirm, or has; locked."""
    wanted = select(Confirmation).where(Confirmation.person == person)
    return (await session.execute(wanted.with_for_update())).scalar_one_or_none()


async def one(session: AsyncSession, id_: UUID, *, lock: bool = False) -> Confirmation | None:
    """The one of that id."""
    return await session.get(Confirmation, id_, with_for_update=True if lock else None)


async def sent_since(session: AsyncSession, address: bytes, since: datetime) -> int:
    """How many mails were asked for to that address since then; those of one confirmation count from its last."""
    wanted = select(func.coalesce(func.sum(Confirmation.sent), 0))
    return int(await session.scalar(wanted.where(Confirmation.address == address, Confirmation.sent_at > since)) or 0)


async def count_following(session: AsyncSession, collectivity: str, since: datetime, most: int) -> int:
    """How many in a collectivity have asked since then to follow a request, counted up to ``most``."""
    asked = (Confirmation.collectivity == collectivity, Confirmation.created_at > since)
    some = select(Confirmation.id).where(*asked, Confirmation.follows.is_not(None)).limit(most)
    return (await session.execute(select(func.count()).select_from(some.subquery()))).scalar_one()


async def followed_by(session: AsyncSession, row: Confirmation) -> Row | None:
    """The request that they are to follow."""
    return await session.get(Row, row.follows) if row.follows else None


async def request_of(session: AsyncSession, row: Confirmation) -> Row | None:
    """The request that was stored for whoever confirmed."""
    wanted = select(Row).where(Row.collectivity == row.collectivity, Row.author == row.person).limit(1)
    return (await session.execute(wanted)).scalar_one_or_none()


async def confirm(session: AsyncSession, row: Confirmation, now: datetime) -> Reporter:
    """From now on the address is known to be theirs; returns whose."""
    row.confirmed_at = now
    reporter = await session.get_one(Reporter, row.person)
    reporter.confirmed_at = now
    return reporter


async def waiting(session: AsyncSession, before: datetime, limit: int) -> Sequence[UUID]:
    """Those that were confirmed before then, and whose request is still to be stored."""
    wanted = select(Confirmation.id).where(Confirmation.content.is_not(None), Confirmation.confirmed_at < before)
    return (await session.scalars(wanted.order_by(Confirmation.confirmed_at).limit(limit))).all()


async def expired(session: AsyncSession, now: datetime, limit: int) -> Sequence[Confirmation]:
    """Those whose time is over, but for what is confirmed and still to be stored; locked."""
    over = (Confirmation.expires_at <= now, Confirmation.confirmed_at.is_(None) | Confirmation.content.is_(None))
    wanted = select(Confirmation).where(*over).order_by(Confirmation.expires_at).limit(limit)
    return (await session.scalars(wanted.with_for_update(skip_locked=True))).all()


async def forget(session: AsyncSession, person: UUID) -> None:
    """Delete the one of that person: they file anew, and are asked anew."""
    await session.execute(delete(Confirmation).where(Confirmation.person == person))


async def remove(session: AsyncSession, ids: Sequence[UUID]) -> None:
    """Delete these alone."""
    await session.execute(delete(Confirmation).where(Confirmation.id.in_(ids)))


async def remove_unfiled(session: AsyncSession, ids: Sequence[UUID]) -> Sequence[tuple[UUID, str]]:
    """Delete whoever left these, has nothing stored and follows nothing, with all that is kept of them; returns who."""
    unfiled = select(Confirmation.person).where(Confirmation.id.in_(ids), ~_FILED, ~_FOLLOWS)
    gone = delete(Reporter).where(Reporter.person.in_(unfiled)).returning(Reporter.person, Reporter.collectivity)
    done = await session.execute(gone.execution_options(synchronize_session=False))
    return [(person, collectivity) for person, collectivity in done]
