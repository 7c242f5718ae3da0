# SPDX-License-Identifier: EUPL-1.2
"""What people ask of the register for themselves, until an agent has settled it, and whose account an entry is."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_notifications.db import subscribers
from parvis_notifications.db.alert_tables import RegisterEntry, RegisterRequest
from parvis_notifications.domain.errors import NotFoundError
from parvis_notifications.domain.own_entry import OwnState


async def lock(session: AsyncSession, collectivity: str, person: UUID) -> None:
    """Until the transaction ends nobody else touches what that account has in the register."""
    await subscribers.lock_address(session, collectivity, b"register" + person.bytes)


async def of_person(session: AsyncSession, collectivity: str, person: UUID) -> RegisterRequest | None:
    """What that account asked for, if anything; changed under the lock alone."""
    own = (RegisterRequest.person == person, RegisterRequest.collectivity == collectivity)
    return (await session.scalars(select(RegisterRequest).where(*own))).one_or_none()


async def entry_of(
    session: AsyncSession, collectivity: str, person: UUID, *, locked: bool = False
) -> RegisterEntry | None:
    """The entry that is that account's, if one is."""
    own = select(RegisterEntry).where(RegisterEntry.person == person, RegisterEntry.collectivity == collectivity)
    return (await session.scalars(own.with_for_update() if locked else own)).one_or_none()


async def open_one(session: AsyncSession, collectivity: str, request_id: UUID) -> RegisterRequest:
    """One of a collectivity that no agent has settled; raises NotFoundError."""
    row = (await session.scalars(select(RegisterRequest).where(RegisterRequest.id == request_id))).one_or_none()
    if row is None or row.collectivity != collectivity or row.state != OwnState.ASKED:
        raise NotFoundError
    return row


async def locked(session: AsyncSession, collectivity: str, request_id: UUID) -> RegisterRequest:
    """The same, with the lock of its account; raises NotFoundError."""
    row = await open_one(session, collectivity, request_id)
    await lock(session, collectivity, row.person)
    session.expire(row)
    return await open_one(session, collectivity, request_id)


async def page(
    session: AsyncSession, collectivity: str, position: keyset.Position | None, limit: int
) -> keyset.Slice[RegisterRequest]:
    """One page of those that wait in a collectivity, newest first."""
    wanted = select(RegisterRequest).where(
        RegisterRequest.collectivity == collectivity, RegisterRequest.state == OwnState.ASKED
    )
    found = await session.scalars(keyset.at(wanted, RegisterRequest.asked_at, RegisterRequest.id, position, limit))
    return keyset.cut(found.all(), position, limit)


async def waiting(session: AsyncSession, collectivity: str) -> tuple[int, datetime | None]:
    """How many wait in a collectivity, and since when the longest does."""
    wanted = select(func.count(), func.min(RegisterRequest.asked_at)).where(
        RegisterRequest.collectivity == collectivity, RegisterRequest.state == OwnState.ASKED
    )
    count, since = (await session.execute(wanted)).tuples().one()
    return count, since


async def refused(session: AsyncSession, collectivity: str, request_id: UUID, at: datetime) -> RegisterRequest | None:
    """One that was refused then, and was not asked anew since."""
    row = await session.get(RegisterRequest, request_id)
    known = row is not None and row.collectivity == collectivity and row.state == OwnState.REFUSED
    return row if row is not None and known and row.settled_at == at else None


async def towns_of(session: AsyncSession, person: UUID) -> Sequence[str]:
    """Where an account has an entry, or asked for one."""
    entries = select(RegisterEntry.collectivity).where(RegisterEntry.person == person)
    asked = select(RegisterRequest.collectivity).where(RegisterRequest.person == person)
    return (await session.scalars(entries.union(asked))).all()


async def everywhere(session: AsyncSession, person: UUID) -> Sequence[RegisterRequest]:
    """What an account asked for in any town."""
    return (await session.scalars(select(RegisterRequest).where(RegisterRequest.person == person))).all()


async def entries_everywhere(session: AsyncSession, person: UUID) -> Sequence[RegisterEntry]:
    """What is an account's in the registers of any town."""
    return (await session.scalars(select(RegisterEntry).where(RegisterEntry.person == person))).all()
