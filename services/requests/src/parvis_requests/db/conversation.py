# SPDX-License-Identifier: EUPL-1.2
"""Documents asked for afterwards, and what people say of how they were served."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db.tables import Attachment, DocumentRequest, HistoryEntry, Satisfaction
from parvis_requests.db.tables import Request as Row


async def document_requests(session: AsyncSession, request_id: UUID) -> Sequence[DocumentRequest]:
    """What was asked for, the oldest first."""
    wanted = select(DocumentRequest).where(DocumentRequest.request_id == request_id)
    return (await session.scalars(wanted.order_by(DocumentRequest.id).limit(100))).all()


async def document_request(session: AsyncSession, request_id: UUID, asked_id: UUID) -> DocumentRequest | None:
    """One thing that was asked for of a request."""
    wanted = select(DocumentRequest).where(DocumentRequest.id == asked_id, DocumentRequest.request_id == request_id)
    return (await session.scalars(wanted)).one_or_none()


async def lacking(session: AsyncSession, asked: DocumentRequest) -> set[str]:
    """The documents that were not given since they were asked for."""
    given = select(Attachment.document).where(
        Attachment.request_id == asked.request_id,
        Attachment.document.in_(asked.documents),
        Attachment.created_at >= asked.created_at,
    )
    return set(asked.documents) - set(await session.scalars(given))


async def complete(session: AsyncSession, request_id: UUID, given: Collection[str], now: datetime) -> None:
    """Tick off what was asked for, where each of its documents was given since."""
    for asked in await document_requests(session, request_id):
        if asked.completed_at is None:
            asked.completed_at = None if await lacking(session, asked) - set(given) else now
    await session.flush()


async def count_files(session: AsyncSession, request_id: UUID) -> int:
    """How many files a request has."""
    return await session.scalar(select(func.count()).where(Attachment.request_id == request_id)) or 0


async def rate(session: AsyncSession, row: Row, score: int, comment: bytes | None, now: datetime) -> bool:
    """Keep what the author says; False when they said it before."""
    values = {"request_id": row.id, "collectivity": row.collectivity, "score": score, "comment": comment}
    statement = insert(Satisfaction).values(**values, created_at=now).on_conflict_do_nothing()
    return (await session.execute(statement.returning(Satisfaction.request_id))).first() is not None


async def satisfaction(session: AsyncSession, request_id: UUID) -> Satisfaction | None:
    """What the author said."""
    return await session.get(Satisfaction, request_id)


async def in_state_since(session: AsyncSession, row: Row) -> datetime | None:
    """When the request came into the state in which it stands."""
    elsewhere = (
        select(func.coalesce(func.max(HistoryEntry.sequence), 0))
        .where(HistoryEntry.request_id == row.id, HistoryEntry.status != row.status)
        .scalar_subquery()
    )
    wanted = select(func.min(HistoryEntry.at)).where(
        HistoryEntry.request_id == row.id, HistoryEntry.sequence > elsewhere
    )
    return (await session.execute(wanted)).scalar_one_or_none()
