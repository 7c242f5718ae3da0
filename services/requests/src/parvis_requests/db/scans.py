# SPDX-License-Identifier: EUPL-1.2
"""The files that wait for the antivirus."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db.tables import Attachment
from parvis_requests.domain.files import Scan


async def waiting(session: AsyncSession, now: datetime, limit: int) -> Sequence[Attachment]:
    """Files to be looked at now; those that wait the longest, or that failed the longest ago, come first."""
    wanted = select(Attachment).where(Attachment.scan == Scan.WAITING, Attachment.scan_next_at <= now)
    return (await session.scalars(wanted.order_by(Attachment.scan_next_at).limit(limit))).all()


async def postpone(session: AsyncSession, attachment_id: UUID, next_at: datetime) -> None:
    """Look at it again then."""
    await session.execute(
        update(Attachment)
        .where(Attachment.id == attachment_id, Attachment.scan == Scan.WAITING)
        .values(scan_next_at=next_at)
        .execution_options(synchronize_session=False)
    )


async def request_of(session: AsyncSession, attachment_id: UUID) -> UUID | None:
    """The request that a file belongs to by now."""
    wanted = select(Attachment.request_id).where(Attachment.id == attachment_id)
    return (await session.execute(wanted)).scalar_one_or_none()


async def judge(session: AsyncSession, attachment_id: UUID, request_id: UUID | None, verdict: Scan) -> bool:
    """Write a verdict; False when somebody wrote one before, or when the file joined a request meanwhile."""
    result = await session.execute(
        update(Attachment)
        .where(
            Attachment.id == attachment_id,
            Attachment.scan == Scan.WAITING,
            Attachment.request_id.is_not_distinct_from(request_id),
        )
        .values(scan=verdict, scan_next_at=None)
        .execution_options(synchronize_session=False)
        .returning(Attachment.id)
    )
    return result.first() is not None
