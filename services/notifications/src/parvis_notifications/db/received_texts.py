# SPDX-License-Identifier: EUPL-1.2
"""Text messages that came in for applications, and whose number each came to."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_notifications.db.sending_tables import ReceivedText, SendingKey
from parvis_notifications.domain.errors import NotFoundError


async def application_of(session: AsyncSession, collectivity: str, number: str, now: datetime) -> str | None:
    """The application that has that number by a key that works; None where none has."""
    wanted = (
        select(SendingKey.application)
        .where(SendingKey.collectivity == collectivity, SendingKey.inbound_number == number)
        .where(SendingKey.revoked_at.is_(None), or_(SendingKey.expires_at.is_(None), SendingKey.expires_at > now))
        .order_by(SendingKey.created_at)
        .limit(1)
    )
    found: str | None = await session.scalar(wanted)
    return found


def add(session: AsyncSession, **values: Any) -> None:
    """Keep one."""
    session.add(ReceivedText(**values))


async def count(session: AsyncSession, collectivity: str, application: str, since: datetime, most: int) -> int:
    """How many came for an application since then, counted up to ``most``."""
    some = select(ReceivedText.id).where(ReceivedText.collectivity == collectivity)
    some = some.where(ReceivedText.application == application, ReceivedText.created_at > since).limit(most)
    return (await session.execute(select(func.count()).select_from(some.subquery()))).scalar_one()


async def one(session: AsyncSession, collectivity: str, application: str, text_id: UUID) -> ReceivedText:
    """One of an application's; raises NotFoundError."""
    own = ReceivedText.collectivity == collectivity, ReceivedText.application == application
    row = await session.scalar(select(ReceivedText).where(ReceivedText.id == text_id, *own))
    if row is None:
        raise NotFoundError
    return row


async def page(
    session: AsyncSession, collectivity: str, application: str, position: keyset.Position | None, limit: int
) -> Sequence[ReceivedText]:
    """One page of an application's, newest first."""
    wanted = select(ReceivedText).where(
        ReceivedText.collectivity == collectivity, ReceivedText.application == application
    )
    paged = keyset.at(wanted, ReceivedText.created_at, ReceivedText.id, position, limit)
    rows: Sequence[ReceivedText] = keyset.cut((await session.scalars(paged)).all(), position, limit).rows
    return rows


async def older(session: AsyncSession, before: datetime, limit: int) -> Sequence[UUID]:
    """Some that came before then, locked, the oldest first."""
    wanted = select(ReceivedText.id).where(ReceivedText.created_at < before).order_by(ReceivedText.created_at)
    return (await session.scalars(wanted.limit(limit).with_for_update(skip_locked=True))).all()


async def remove(session: AsyncSession, ids: Sequence[UUID]) -> None:
    """These go."""
    await session.execute(delete(ReceivedText).where(ReceivedText.id.in_(ids)))
