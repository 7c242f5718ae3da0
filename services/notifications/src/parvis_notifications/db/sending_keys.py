# SPDX-License-Identifier: EUPL-1.2
"""The keys of applications, and how many messages each has sent."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_notifications.db.sending_tables import SendingKey
from parvis_notifications.domain.errors import NotFoundError, StaleVersionError

# Nothing is written where the limit would be passed; the row of a span is held until the transaction ends.
_COUNT: Final = text(
    "INSERT INTO sending_count AS c (key_id, collectivity, span, began_at, sent)"
    " SELECT CAST(:key_id AS uuid), :collectivity, :span, CAST(:began_at AS timestamptz), CAST(:more AS integer)"
    " WHERE CAST(:more AS integer) <= CAST(:allowed AS integer)"
    " ON CONFLICT (key_id, span, began_at) DO UPDATE SET sent = c.sent + excluded.sent"
    " WHERE c.sent + excluded.sent <= CAST(:allowed AS integer) RETURNING sent"
)
_USED: Final = text(
    "UPDATE sending_key SET last_used_at = now() WHERE id = :id"
    " AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')"
)


async def count_in(session: AsyncSession, collectivity: str) -> int:
    """How many keys of that collectivity work; until the transaction ends nobody else adds one."""
    lock = text("SELECT pg_advisory_xact_lock(hashtextextended(:who, 0))")
    await session.execute(lock, {"who": f"sending-key/{collectivity}"})
    wanted = select(SendingKey.id).where(SendingKey.collectivity == collectivity, SendingKey.revoked_at.is_(None))
    return await session.scalar(select(func.count()).select_from(wanted.subquery())) or 0


async def page(
    session: AsyncSession, collectivity: str, position: keyset.Position | None, limit: int
) -> keyset.Slice[SendingKey]:
    """One page of a collectivity's keys, newest first."""
    wanted = select(SendingKey).where(SendingKey.collectivity == collectivity)
    paged = keyset.at(wanted, SendingKey.created_at, SendingKey.id, position, limit)
    return keyset.cut((await session.scalars(paged)).all(), position, limit)


async def one(session: AsyncSession, collectivity: str, key_id: UUID) -> SendingKey:
    """One of them; raises NotFoundError."""
    wanted = select(SendingKey).where(SendingKey.collectivity == collectivity, SendingKey.id == key_id)
    row = (await session.execute(wanted)).scalar_one_or_none()
    if row is None:
        raise NotFoundError
    return row


async def by_id(session: AsyncSession, key_id: UUID) -> SendingKey | None:
    """The key that somebody claims to have, of whatever collectivity."""
    found: SendingKey | None = await session.get(SendingKey, key_id)
    return found


async def used(session: AsyncSession, key_id: UUID) -> None:
    """Keep that it was used, once a minute."""
    await session.execute(_USED, {"id": key_id})


async def change(session: AsyncSession, row: SendingKey, **values: Any) -> SendingKey:
    """The next version; raises StaleVersionError when another change came first."""
    changed = (
        update(SendingKey)
        .where(SendingKey.id == row.id, SendingKey.version == row.version)
        .values(version=row.version + 1, **values)
        .execution_options(synchronize_session=False, populate_existing=True)
        .returning(SendingKey)
    )
    after = (await session.execute(changed)).scalar_one_or_none()
    if after is None:
        raise StaleVersionError
    return after


async def count_sent(
    session: AsyncSession, key_id: UUID, collectivity: str, *, span: str, began_at: datetime, more: int, allowed: int
) -> bool:
    """Count so many more messages in that span; False, and nothing counted, where that would be too many."""
    row = {"key_id": key_id, "collectivity": collectivity, "span": span, "began_at": began_at}
    return await session.scalar(_COUNT, row | {"more": more, "allowed": allowed}) is not None
