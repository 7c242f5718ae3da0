# SPDX-License-Identifier: EUPL-1.2
"""Clients that are still to be told that a session of theirs has ended."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db.tables import ClientRow, GrantRow, LogoutNoticeRow

_NAMES = ("id", "session", "client_id", "collectivity", "person", "attempts", "due_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One client to be told, and how often that was tried, this time included."""

    id: UUID
    session: UUID
    client_id: str
    person: UUID
    attempts: int


async def add(session: AsyncSession, ended: UUID, now: datetime) -> None:
    """One notice for each client that has tokens of that session, and wants to be told."""
    told = (
        select(
            func.gen_random_uuid(),
            GrantRow.session,
            GrantRow.client_id,
            GrantRow.collectivity,
            GrantRow.person,
            literal(0),
            literal(now),
        )
        .join(ClientRow, ClientRow.client_id == GrantRow.client_id)
        .where(GrantRow.session == ended, ClientRow.backchannel_logout_uri.is_not(None))
        .distinct(GrantRow.client_id)
    )
    await session.execute(insert(LogoutNoticeRow).from_select(_NAMES, told).on_conflict_do_nothing())


async def claim(session: AsyncSession, now: datetime, lease: timedelta, limit: int) -> list[Notice]:
    """Some that are due; nobody else gets them until the lease is over."""
    due = (
        select(LogoutNoticeRow.id)
        .where(LogoutNoticeRow.due_at <= now)
        .order_by(LogoutNoticeRow.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")  # read once: inside the condition PostgreSQL may read it again for each row, and takes more
    )
    rows = await session.scalars(
        update(LogoutNoticeRow)
        .where(LogoutNoticeRow.id.in_(select(due.c.id)))
        .values(due_at=now + lease, attempts=LogoutNoticeRow.attempts + 1)
        .returning(LogoutNoticeRow)
        .execution_options(synchronize_session=False)
    )
    return [
        Notice(id=row.id, session=row.session, client_id=row.client_id, person=row.person, attempts=row.attempts)
        for row in rows
    ]


async def postpone(session: AsyncSession, notice: UUID, due_at: datetime) -> None:
    """Try again then."""
    await session.execute(update(LogoutNoticeRow).where(LogoutNoticeRow.id == notice).values(due_at=due_at))


async def remove(session: AsyncSession, notice: UUID) -> None:
    """The client knows, or will not learn it from us any more."""
    await session.execute(delete(LogoutNoticeRow).where(LogoutNoticeRow.id == notice))
