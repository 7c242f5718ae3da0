# SPDX-License-Identifier: EUPL-1.2
"""The timers of the requests: what the service does by itself, and when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_requests.db.tables import RequestTimer
from parvis_requests.domain.request import Request

WORKFLOW: Final = "workflow"
ALERT: Final = "legal-alert"
SILENCE: Final = "legal-silence"
ESCALATION: Final = "escalation"
FORWARD: Final = "forward"
DOCUMENTS_REMINDER: Final = "documents-reminder"
DOCUMENTS_MISSED: Final = "documents-missed"
APPEAL_ALERT: Final = "appeal-alert"
APPEAL_SILENCE: Final = "appeal-silence"


@dataclass(frozen=True, slots=True)
class NewTimer:
    """A timer to start: its kind says who made it, its code what it is for."""

    kind: str
    code: str
    due_at: datetime


def start(session: AsyncSession, request: Request, timers: Iterable[NewTimer]) -> None:
    """Start these timers for a request."""
    session.add_all(
        RequestTimer(
            id=uuid7(),
            collectivity=request.collectivity,
            request_id=request.id,
            kind=timer.kind,
            code=timer.code,
            due_at=timer.due_at,
            next_at=timer.due_at,
            tries=0,
        )
        for timer in timers
    )


async def stop(session: AsyncSession, request_id: UUID, *kinds: str) -> None:
    """Stop all timers of these kinds for a request."""
    await session.execute(
        delete(RequestTimer).where(RequestTimer.request_id == request_id, RequestTimer.kind.in_(kinds))
    )


async def stop_one(session: AsyncSession, request_id: UUID, code: str, *kinds: str) -> None:
    """Stop the timers of these kinds that are for one thing of a request."""
    named = (RequestTimer.request_id == request_id, RequestTimer.kind.in_(kinds), RequestTimer.code == code)
    await session.execute(delete(RequestTimer).where(*named))


async def of_kind(session: AsyncSession, request_id: UUID, kind: str) -> Sequence[RequestTimer]:
    """The timers of that kind for a request."""
    wanted = select(RequestTimer).where(RequestTimer.request_id == request_id, RequestTimer.kind == kind)
    return (await session.scalars(wanted)).all()


async def due(session: AsyncSession, now: datetime, limit: int) -> Sequence[RequestTimer]:
    """Timers whose time has come, the longest waiting first."""
    wanted = select(RequestTimer).where(RequestTimer.next_at <= now).order_by(RequestTimer.next_at).limit(limit)
    return (await session.scalars(wanted)).all()


async def consume(session: AsyncSession, timer_id: UUID) -> bool:
    """Remove a timer that rings now; False where it was stopped, or rang elsewhere, meanwhile."""
    gone = await session.execute(delete(RequestTimer).where(RequestTimer.id == timer_id).returning(RequestTimer.id))
    return gone.first() is not None


async def consume_kind(session: AsyncSession, request_id: UUID, kind: str, due_at: datetime) -> str | None:
    """Remove the timer of this kind that is due for a request at that instant; returns its code, None without."""
    named = (RequestTimer.request_id == request_id, RequestTimer.kind == kind, RequestTimer.due_at == due_at)
    return (await session.scalars(delete(RequestTimer).where(*named).returning(RequestTimer.code))).first()


async def postpone(session: AsyncSession, timer_id: UUID, next_at: datetime) -> None:
    """Try a timer again at another time; what it is for stays due when it was."""
    again = {"next_at": next_at, "tries": RequestTimer.tries + 1}
    await session.execute(update(RequestTimer).where(RequestTimer.id == timer_id).values(**again))
