# SPDX-License-Identifier: EUPL-1.2
"""The register of people who may need help (CASF, articles L. 121-6-1 and R. 121-2 ff.), and who saw it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from parvis_kit.db import keyset
from parvis_kit.ids import uuid7
from parvis_notifications.db.alert_tables import RegisterAccess, RegisterChange, RegisterEntry
from parvis_notifications.db.broadcast_tables import Recipient
from parvis_notifications.db.subscription_tables import Subscriber
from parvis_notifications.domain.errors import NotFoundError


async def one(session: AsyncSession, collectivity: str, entry_id: UUID, *, locked: bool = False) -> RegisterEntry:
    """One entry of a collectivity; raises NotFoundError."""
    wanted = select(RegisterEntry).where(RegisterEntry.id == entry_id, RegisterEntry.collectivity == collectivity)
    row = (await session.execute(wanted.with_for_update() if locked else wanted)).scalar_one_or_none()
    if row is None:
        raise NotFoundError
    return row


async def page(
    session: AsyncSession, collectivity: str, position: keyset.Position | None, limit: int
) -> keyset.Slice[RegisterEntry]:
    """One page of a collectivity's, newest first."""
    wanted = select(RegisterEntry).where(RegisterEntry.collectivity == collectivity)
    found = await session.scalars(keyset.at(wanted, RegisterEntry.created_at, RegisterEntry.id, position, limit))
    return keyset.cut(found.all(), position, limit)


async def changes(
    session: AsyncSession, entry_id: UUID, position: keyset.Position | None, limit: int
) -> keyset.Slice[RegisterChange]:
    """One page of what was changed in an entry, newest first."""
    wanted = select(RegisterChange).where(RegisterChange.entry == entry_id)
    found = await session.scalars(keyset.at(wanted, RegisterChange.created_at, RegisterChange.id, position, limit))
    return keyset.cut(found.all(), position, limit)


async def concerned(
    session: AsyncSession, alert_id: UUID, after: int, limit: int, *, helped: bool | None = None
) -> Sequence[tuple[Recipient, RegisterEntry]]:
    """Those whom an alert is for, by the numbers of its recipients; of them who was helped, or was not yet."""
    wanted = (
        select(Recipient, RegisterEntry)
        .join(RegisterEntry, RegisterEntry.id == Recipient.subscriber_id)
        .where(Recipient.broadcast_id == alert_id, Recipient.number > after)
        .order_by(Recipient.number)
        .limit(limit)
    )
    if helped is not None:
        wanted = wanted.where(Recipient.helped_at.is_not(None) if helped else Recipient.helped_at.is_(None))
    return (await session.execute(wanted)).tuples().all()


async def answered_elsewhere(
    session: AsyncSession, collectivity: str, alert_id: UUID, entries: Sequence[UUID]
) -> dict[UUID, str]:
    """What was answered to an alert by whoever has an address of one of these entries; the last answer counts."""
    own, other = aliased(Subscriber), aliased(Subscriber)
    pairs = union_all(
        *(
            select(own.id.label("entry"), other.id.label("other"))
            .join(other, (other.collectivity == own.collectivity) & (theirs == mark) & (other.id != own.id))
            .where(own.id.in_(entries), own.collectivity == collectivity, mark.is_not(None))
            for mark, theirs in ((own.email_mark, other.email_mark), (own.phone_mark, other.phone_mark))
        )
    ).subquery()
    wanted = (
        select(pairs.c.entry, Recipient.answer)
        .join(Recipient, (Recipient.broadcast_id == alert_id) & (Recipient.subscriber_id == pairs.c.other))
        .where(Recipient.answer.is_not(None))
        .order_by(Recipient.answered_at)
    )
    return {entry: str(answer) for entry, answer in (await session.execute(wanted)).tuples().all()}


def note_access(
    session: AsyncSession,
    collectivity: str,
    agent: UUID,
    act: str,
    now: datetime,
    *,
    people: int = 1,
    entry: UUID | None = None,
    alert: UUID | None = None,
) -> None:
    """Keep that an agent saw or changed what is known of so many people, in the transaction that shows it."""
    session.add(
        RegisterAccess(
            id=uuid7(),
            collectivity=collectivity,
            agent=agent,
            act=act,
            entry=entry,
            alert=alert,
            people=people,
            created_at=now,
        )
    )


async def accesses(
    session: AsyncSession, collectivity: str, position: keyset.Position | None, limit: int
) -> keyset.Slice[RegisterAccess]:
    """One page of who saw what, newest first."""
    wanted = select(RegisterAccess).where(RegisterAccess.collectivity == collectivity)
    found = await session.scalars(keyset.at(wanted, RegisterAccess.created_at, RegisterAccess.id, position, limit))
    return keyset.cut(found.all(), position, limit)
