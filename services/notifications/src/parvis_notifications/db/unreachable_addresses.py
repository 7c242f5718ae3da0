# SPDX-License-Identifier: EUPL-1.2
"""Addresses of people that do not exist."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_notifications.db.tables import UnreachableAddress
from parvis_notifications.domain.topic import Channel


async def mark(
    session: AsyncSession,
    person: UUID,
    collectivity: str,
    channel: Channel,
    *,
    fingerprint: bytes,
    status: str,
    now: datetime,
) -> None:
    """Nothing more to that address of that person; the last one told is the one that is known."""
    values: dict[str, Any] = {"fingerprint": fingerprint, "status": status, "created_at": now}
    row = insert(UnreachableAddress).values(person=person, collectivity=collectivity, channel=channel, **values)
    key = ("person", "collectivity", "channel")
    await session.execute(row.on_conflict_do_update(index_elements=key, set_=values))


async def of_person(session: AsyncSession, person: UUID, collectivity: str) -> Mapping[Channel, bytes]:
    """The fingerprints of a person's addresses that do not exist."""
    table = UnreachableAddress
    wanted = select(table.channel, table.fingerprint).where(table.person == person, table.collectivity == collectivity)
    return {Channel(channel): fingerprint for channel, fingerprint in (await session.execute(wanted)).tuples()}


async def told_of(session: AsyncSession, person: UUID, collectivity: str) -> Sequence[UnreachableAddress]:
    """The same with when and what was told."""
    table = UnreachableAddress
    wanted = select(table).where(table.person == person, table.collectivity == collectivity)
    return (await session.scalars(wanted)).all()


async def forget(session: AsyncSession, person: UUID, channel: Channel) -> None:
    """The person has confirmed an address anew: whatever it is, it is tried."""
    table = UnreachableAddress
    await session.execute(delete(table).where(table.person == person, table.channel == channel))
