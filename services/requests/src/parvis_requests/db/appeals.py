# SPDX-License-Identifier: EUPL-1.2
"""The rows of appeals, and the acts that they contest."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db.tables import Appeal as Row
from parvis_requests.db.tables import HistoryEntry, ImportedRequest, Request
from parvis_requests.domain.appeal import Appeal, AppealKind, AppealState
from parvis_requests.domain.errors import NotFoundError


async def of_requests(session: AsyncSession, request_ids: Collection[UUID]) -> dict[UUID, list[Row]]:
    """The appeals of these requests, in one look-up, the oldest first."""
    found: dict[UUID, list[Row]] = {}
    wanted = select(Row).where(Row.request_id.in_(request_ids)).order_by(Row.id)
    for row in await session.scalars(wanted):
        found.setdefault(row.request_id, []).append(row)
    return found


async def against(session: AsyncSession, request_id: UUID, contested: int) -> Sequence[Row]:
    """All appeals against the refusal that this act brought about, the oldest first."""
    wanted = select(Row).where(Row.request_id == request_id, Row.contested == contested)
    return (await session.scalars(wanted.order_by(Row.id))).all()


async def one(session: AsyncSession, request_id: UUID, appeal_id: UUID) -> Row:
    """An appeal of that request; raises NotFoundError."""
    wanted = select(Row).where(Row.id == appeal_id, Row.request_id == request_id)
    row = (await session.scalars(wanted)).one_or_none()
    if row is None:
        raise NotFoundError
    return row


async def at_step(session: AsyncSession, request_id: UUID, sequence: int) -> Row | None:
    """The appeal that came by this act of the request's history, or last ended by it."""
    wanted = select(Row).where(Row.request_id == request_id, or_(Row.lodged == sequence, Row.told == sequence))
    return (await session.scalars(wanted)).one_or_none()


async def decision_of(session: AsyncSession, request: Request) -> HistoryEntry | None:
    """The act that brought the request into the state in which it stands."""
    elsewhere = (
        select(func.coalesce(func.max(HistoryEntry.sequence), 0))
        .where(HistoryEntry.request_id == request.id, HistoryEntry.status != request.status)
        .scalar_subquery()
    )
    wanted = select(HistoryEntry).where(HistoryEntry.request_id == request.id, HistoryEntry.sequence > elsewhere)
    return (await session.scalars(wanted.order_by(HistoryEntry.sequence).limit(1))).one_or_none()


async def came_from_elsewhere(session: AsyncSession, request_id: UUID) -> bool:
    """Whether another system brought it: nobody knows what its author was told there."""
    return bool(await session.scalar(select(exists().where(ImportedRequest.request_id == request_id))))


def entity(row: Row) -> Appeal:
    """The domain's view of a row."""
    return Appeal(
        kind=AppealKind(row.kind),
        state=AppealState(row.state),
        brought_on=row.brought_on,
        received_on=row.received_on,
        interrupts=row.interrupts,
        deemed_on=row.deemed_on,
        closed_on=row.closed_on,
    )
