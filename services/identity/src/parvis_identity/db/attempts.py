# SPDX-License-Identifier: EUPL-1.2
"""Attempts that count against a source or an account: a bucket that fills with each and leaks with time."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db.account_tables import LoginAttemptRow
from parvis_identity.domain.throttle import Pace

# ``updated_at`` is the instant up to which the bucket has leaked: what is left of an interval is not lost. It may lie
# after ``:now``, and so may the end of a wait: of attempts at once, one that began later may be counted before.
_AGE = "extract(epoch FROM CAST(:now AS timestamptz) - old.updated_at)"
_LEAKED = f"greatest(floor({_AGE} / CAST(:forgets AS float8)), 0)"
_NO_WAIT = datetime(1970, 1, 1, tzinfo=UTC)
_TAKE = text(
    "INSERT INTO login_attempt AS old (bucket, attempts, blocked_until, updated_at) VALUES (:bucket, 1, :no_wait, :now)"
    f" ON CONFLICT (bucket) DO UPDATE SET attempts = greatest(old.attempts - {_LEAKED}, 0) + 1,"
    f" updated_at = CASE WHEN old.attempts > {_LEAKED}"
    f" THEN old.updated_at + {_LEAKED} * CAST(:forgets AS float8) * interval '1 second' ELSE :now END"
    " WHERE old.blocked_until <= :now RETURNING attempts"
)


async def take(session: AsyncSession, bucket: bytes, pace: Pace, now: datetime) -> timedelta | None:
    """Count an attempt before it is made, so that many at once gain nothing; returns how long to wait, None for not.

    Whoever must wait is not counted, so an impatient person does not wait longer.
    """
    values = {"bucket": bucket, "now": now, "forgets": pace.forgets.total_seconds(), "no_wait": _NO_WAIT}
    counted = await session.scalar(_TAKE, values)
    if counted is None:
        until = await session.scalar(select(LoginAttemptRow.blocked_until).where(LoginAttemptRow.bucket == bucket))
        return max((until or now) - now, timedelta(seconds=1))
    wait = pace.wait_after(counted)
    if wait:
        blocked = update(LoginAttemptRow).where(LoginAttemptRow.bucket == bucket)
        await session.execute(blocked.values(blocked_until=now + wait))
    return None


async def note(session: AsyncSession, bucket: bytes) -> bool:
    """True for the first one who is held back by the present wait, however many come: of each wait one line is kept."""
    noted = (
        update(LoginAttemptRow)
        .where(
            LoginAttemptRow.bucket == bucket,
            LoginAttemptRow.noted_until.is_distinct_from(LoginAttemptRow.blocked_until),
        )
        .values(noted_until=LoginAttemptRow.blocked_until)
        .returning(LoginAttemptRow.bucket)
    )
    return await session.scalar(noted) is not None


async def give_back(session: AsyncSession, bucket: bytes) -> None:
    """The attempt succeeded: it does not count, and nobody waits for it; those before it do."""
    await session.execute(
        update(LoginAttemptRow)
        .where(LoginAttemptRow.bucket == bucket, LoginAttemptRow.attempts > 0)
        .values(attempts=LoginAttemptRow.attempts - 1, blocked_until=_NO_WAIT)
    )


async def forget(session: AsyncSession, bucket: bytes) -> None:
    """The attempt succeeded: those before it were somebody's own mistakes."""
    await session.execute(delete(LoginAttemptRow).where(LoginAttemptRow.bucket == bucket))
