# SPDX-License-Identifier: EUPL-1.2
"""The secrets with which a town's operators sign what they bring."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_notifications.db.inbound_tables import InboundSecret
from parvis_notifications.domain.errors import NotFoundError

_USED: Final = text(
    "UPDATE inbound_secret SET last_used_at = now() WHERE id = :id"
    " AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')"
)


async def count_in(session: AsyncSession, collectivity: str) -> int:
    """How many of that collectivity work; until the transaction ends nobody else adds one."""
    lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:who, 0))")
    await session.execute(lock, {"who": f"inbound-secret/{collectivity}"})
    wanted = select(InboundSecret.id).where(
        InboundSecret.collectivity == collectivity, InboundSecret.revoked_at.is_(None)
    )
    return await session.scalar(select(func.count()).select_from(wanted.subquery())) or 0


async def page(
    session: AsyncSession, collectivity: str, position: keyset.Position | None, limit: int
) -> keyset.Slice[InboundSecret]:
    """One page of a collectivity's, newest first; those that have ended too."""
    wanted = select(InboundSecret).where(InboundSecret.collectivity == collectivity)
    paged = keyset.at(wanted, InboundSecret.created_at, InboundSecret.id, position, limit)
    return keyset.cut((await session.scalars(paged)).all(), position, limit)


async def one(session: AsyncSession, collectivity: str, secret_id: UUID, *, locked: bool = False) -> InboundSecret:
    """One of them; raises NotFoundError."""
    wanted = select(InboundSecret).where(InboundSecret.collectivity == collectivity, InboundSecret.id == secret_id)
    row = (await session.scalars(wanted.with_for_update() if locked else wanted)).one_or_none()
    if row is None:
        raise NotFoundError
    return row


async def working(session: AsyncSession, collectivity: str) -> Sequence[InboundSecret]:
    """Those with which calls for that collectivity may be signed."""
    wanted = select(InboundSecret).where(InboundSecret.collectivity == collectivity, InboundSecret.revoked_at.is_(None))
    return (await session.scalars(wanted)).all()


async def used(session: AsyncSession, secret_id: UUID) -> None:
    """Keep that it was used, once a minute."""
    await session.execute(_USED, {"id": secret_id})
