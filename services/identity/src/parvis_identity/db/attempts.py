# SPDX-License-Identifier: EUPL-1.2
"""Attempts that count against a source or an account."""

from datetime import datetime, timedelta

from sqlalchemy import case, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db.account_tables import LoginAttemptRow
from parvis_identity.domain.throttle import FORGOTTEN_AFTER, Pace


async def take(session: AsyncSession, bucket: bytes, pace: Pace, now: datetime) -> timedelta | None:
    """Count an attempt before it is made, so that many at once gain nothing; returns how long to wait, None for not.

    Whoever must wait is not counted, so an impatient person does not wait longer.
    """
    fresh = LoginAttemptRow.updated_at > now - FORGOTTEN_AFTER
    counted = await session.scalar(
        insert(LoginAttemptRow)
        .values(bucket=bucket, attempts=1, blocked_until=now, updated_at=now)
        .on_conflict_do_update(
            index_elements=["bucket"],
            set_={"attempts": case((fresh, LoginAttemptRow.attempts + 1), else_=1), "updated_at": now},
            where=LoginAttemptRow.blocked_until <= now,
        )
        .returning(LoginAttemptRow.attempts)
    )
    if counted is None:
        until = await session.scalar(select(LoginAttemptRow.blocked_until).where(LoginAttemptRow.bucket == bucket))
        return max((until or now) - now, timedelta(seconds=1))
    wait = pace.wait_after(counted)
    if wait:
        row = await session.get(LoginAttemptRow, bucket, populate_existing=True)
        if row:
            row.blocked_until = now + wait
    return None


async def forget(session: AsyncSession, bucket: bytes) -> None:
    """The attempt succeeded: those before it were somebody's own mistakes."""
    await session.execute(delete(LoginAttemptRow).where(LoginAttemptRow.bucket == bucket))
