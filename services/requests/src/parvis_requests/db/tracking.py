# SPDX-License-Identifier: EUPL-1.2
"""The rows of tracking tokens."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db.tables import Request as Row
from parvis_requests.db.tables import Tracking


class Tracked(NamedTuple):
    """Whose request a token follows."""

    request_id: UUID
    person: UUID
    collectivity: str


async def by_digest(session: AsyncSession, digest: bytes) -> Tracked | None:
    """What the token of that digest follows; None where nothing was filed with it."""
    wanted = (
        select(Row.id, Tracking.person, Tracking.collectivity)
        .join(Row, (Row.author == Tracking.person) & (Row.collectivity == Tracking.collectivity))
        .where(Tracking.digest == digest)
    )
    row = (await session.execute(wanted)).one_or_none()
    return Tracked(*row) if row else None


async def count_filed(session: AsyncSession, collectivity: str, since: datetime, most: int) -> int:
    """How many requests were stored with a token of that collectivity since then, counted up to ``most``."""
    some = (
        select(Tracking.digest)
        .join(Row, (Row.author == Tracking.person) & (Row.collectivity == Tracking.collectivity))
        .where(Tracking.collectivity == collectivity, Tracking.created_at > since)
        .limit(most)
    )
    return (await session.execute(select(func.count()).select_from(some.subquery()))).scalar_one()
