# SPDX-License-Identifier: EUPL-1.2
"""The rows of transfers."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db.tables import Attachment, Message, Transfer
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.request import Visibility


async def of(session: AsyncSession, request_id: UUID, *, lock: bool = False) -> Transfer | None:
    """Where a request goes, or went."""
    wanted = select(Transfer).where(Transfer.request_id == request_id)
    return (await session.execute(wanted.with_for_update() if lock else wanted)).scalar_one_or_none()


async def is_gone(session: AsyncSession, request_id: UUID) -> bool | None:
    """Whether a request was transmitted; None where somebody acts on it this moment, perhaps transmits it.

    The lock is the one that a row takes that refers to the request: until the transaction ends nobody transmits it.
    """
    free = select(Row.id).where(Row.id == request_id).with_for_update(read=True, key_share=True, skip_locked=True)
    if (await session.execute(free)).first() is None:
        return None
    gone = select(Transfer.request_id).where(Transfer.request_id == request_id, Transfer.done_at.is_not(None))
    return (await session.execute(gone)).first() is not None


async def origin_of(session: AsyncSession, request_id: UUID) -> tuple[Transfer, str] | None:
    """The transfer by which a request came, and the reference that it had there."""
    wanted = select(Transfer, Row.reference).join(Row, Row.id == Transfer.request_id)
    row = (await session.execute(wanted.where(Transfer.to_request_id == request_id))).one_or_none()
    return (row[0], row[1]) if row else None


async def reference_of(session: AsyncSession, request_id: UUID | None) -> str | None:
    """The reference of a request that a transfer made."""
    return (await session.execute(select(Row.reference).where(Row.id == request_id))).scalar_one_or_none()


async def due(session: AsyncSession, now: datetime, limit: int) -> Sequence[tuple[UUID, str]]:
    """The requests that are to go now, and whose they are."""
    wanted = select(Transfer.request_id, Transfer.collectivity).where(
        Transfer.due_at <= now, Transfer.done_at.is_(None), Transfer.failed_at.is_(None)
    )
    rows = await session.execute(wanted.order_by(Transfer.due_at).limit(limit))
    return [(row.request_id, row.collectivity) for row in rows]


async def public_messages(session: AsyncSession, request_id: UUID) -> Sequence[Message]:
    """What the person and the agents wrote to one another, the oldest first."""
    wanted = select(Message).where(Message.request_id == request_id, Message.visibility == Visibility.PUBLIC)
    return (await session.scalars(wanted.order_by(Message.created_at, Message.id))).all()


async def public_files(session: AsyncSession, request_id: UUID) -> Sequence[Attachment]:
    """The files that the person may see."""
    wanted = select(Attachment).where(Attachment.request_id == request_id, Attachment.visibility == Visibility.PUBLIC)
    return (await session.scalars(wanted.order_by(Attachment.id))).all()
