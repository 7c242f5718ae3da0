# SPDX-License-Identifier: EUPL-1.2
"""What ends soon in processes: noted once for each end, and told to followers from there."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.db.process_tables import ProcessClosing as Row
from parvis_participation.db.process_tables import ProcessFollower as Follower
from parvis_participation.db.processes import followers

# Each of these finds what is open by an index of its own. An end that was moved is another end; of what was cancelled,
# counted or taken out of its process, nothing is noted. The half of its time is over: nobody is reminded of an end as
# it begins.
_NOTE = text("""
WITH ending AS (
    SELECT id, opens_at, closes_at FROM consultation
    WHERE closing_told_at IS NULL AND published_at IS NOT NULL AND closes_at > :now AND closes_at <= :until
    UNION ALL
    SELECT id, opens_at, closes_at FROM survey
    WHERE closing_told_at IS NULL AND published_at IS NOT NULL AND closes_at > :now AND closes_at <= :until
    UNION ALL
    SELECT id, decided_at, closes_at FROM petition
    WHERE state = 'open' AND closes_at > :now AND closes_at <= :until
    UNION ALL
    SELECT id, opens_at, closes_at FROM poll
    WHERE roll_parted_at IS NULL AND published_at IS NOT NULL AND cancelled_at IS NULL AND NOT of_budget
        AND closes_at > :now AND closes_at <= :until
    UNION ALL
    SELECT id, opens_at, closes_at FROM conversation
    WHERE closing_told_at IS NULL AND published_at IS NOT NULL AND closes_at > :now AND closes_at <= :until
    UNION ALL
    SELECT id, vote_at, result_at FROM budget
    WHERE counted_at IS NULL AND published_at IS NOT NULL AND called_off_at IS NULL
        AND result_at > :now AND result_at <= :until
)
INSERT INTO process_closing (id, collectivity, process_id, part, closes_at, created_at)
SELECT gen_random_uuid(), process.collectivity, process.id, ending.id, ending.closes_at, :now
FROM ending JOIN process_part ON process_part.part = ending.id JOIN process ON process.id = process_part.process_id
WHERE process.published_at IS NOT NULL AND ending.opens_at + (ending.closes_at - ending.opens_at) / 2 <= :now
ON CONFLICT DO NOTHING
""")


async def note(session: AsyncSession, now: datetime, ahead: timedelta) -> None:
    """Note what ends within that time and was not noted with that end."""
    await session.execute(_NOTE, {"now": now, "until": now + ahead})


async def untold(session: AsyncSession) -> Row | None:
    """One of which followers are still to be told, locked; None if none."""
    wanted = select(Row).where(Row.told_at.is_(None)).order_by(Row.id).limit(1).with_for_update(skip_locked=True)
    return (await session.execute(wanted)).scalar_one_or_none()


async def next_followers(session: AsyncSession, of: Row, limit: int) -> Sequence[Follower]:
    """Those who followed when it was noted and have not been told, by id."""
    wanted = followers(of.process_id, of.created_at)
    if of.told_after is not None:
        wanted = wanted.where(Follower.id > of.told_after)
    return (await session.scalars(wanted.order_by(Follower.id).limit(limit))).all()
