# SPDX-License-Identifier: EUPL-1.2
"""What the town publishes on its social accounts: planned with what it tells of, claimed, and settled one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_notifications.db.social_tables import SocialPost
from parvis_notifications.domain.broadcast import Lane, PartState
from parvis_notifications.domain.social import PostKind

# Not before that under which it stands is settled, nor while it is paused.
_CLAIM: Final = """
WITH due AS (
    SELECT s.id FROM social_post s
    WHERE s.lane = $1 AND s.due_at <= now()
        AND NOT EXISTS (SELECT 1 FROM social_post p WHERE p.id = s.reply_to AND p.due_at < 'infinity')
        AND NOT EXISTS (SELECT 1 FROM broadcast b WHERE b.id = s.broadcast_id AND b.state = 'paused')
    ORDER BY s.due_at LIMIT $3 FOR UPDATE SKIP LOCKED)
UPDATE social_post s SET state = 'sending', claim = $2, due_at = now() + $4
FROM due JOIN social_post m ON m.id = due.id JOIN broadcast b ON b.id = m.broadcast_id
    LEFT JOIN alert a ON a.id = b.id LEFT JOIN social_post p ON p.id = m.reply_to
WHERE s.id = due.id
RETURNING s.id, s.collectivity, s.account, s.lane, s.kind, s.attempts, s.handed_over_at, s.created_at,
    m.reply_to IS NOT NULL AS follows, p.reference AS reply_to, p.state = 'unknown' AS parent_in_doubt,
    b.state = 'cancelled' OR a.ended_at IS NOT NULL AS ended, b.social, b.texts, b.link, b.area_label, b.exercise,
    a.expires_at
"""
_HAND_OVER: Final = """
UPDATE social_post s SET handed_over_at = coalesce(s.handed_over_at, now()), attempts = attempts + 1
WHERE s.id = $1 AND s.claim = $2
    AND NOT EXISTS (
        SELECT 1 FROM broadcast b LEFT JOIN alert a ON a.id = b.id WHERE b.id = s.broadcast_id
            AND (b.state = 'paused' OR s.kind = 'words' AND (b.state = 'cancelled' OR a.ended_at IS NOT NULL)))
RETURNING s.id
"""
# What was handed over stays in doubt: it is looked for, as after an answer that was lost.
_RELEASE: Final = """
UPDATE social_post SET claim = NULL, due_at = CASE WHEN handed_over_at IS NULL THEN now() ELSE now() + $3 END,
    state = CASE WHEN handed_over_at IS NOT NULL THEN 'unknown' WHEN attempts = 0 THEN 'pending' ELSE 'retry' END
WHERE id = ANY($2) AND claim = $1
"""
_SETTLE: Final = """
UPDATE social_post SET state = $3, last_reply = $4, claim = NULL,
    due_at = CASE WHEN $5::interval IS NULL THEN 'infinity' ELSE now() + $5 END,
    handed_over_at = CASE WHEN $6 THEN handed_over_at END, reference = $7, url = $8,
    published_at = CASE WHEN $3 = 'sent' THEN now() END
WHERE id = $1 AND (claim = $2 OR $3 = 'sent' AND reference IS NULL)
"""
_KNOWN: Final = """
SELECT reference FROM social_post WHERE account = $1 AND created_at > $2::timestamptz - interval '3 days'
    AND reference IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class ClaimedPost:
    """One post in the hands of one worker; ``handed_over_at`` is set where a former one may have published it.

    ``follows`` is whether it stands under another, ``reply_to`` what the server calls that where it was published, and
    ``parent_in_doubt`` whether nobody could be asked if it was. ``ended`` is whether its broadcast is to go no more, or
    another took its place, ``expires_at`` when an alert is over.
    """

    id: UUID
    collectivity: str
    account: str
    lane: str
    kind: str
    attempts: int
    handed_over_at: datetime | None
    created_at: datetime
    follows: bool
    reply_to: str | None
    parent_in_doubt: bool | None
    ended: bool
    social: bool
    texts: str
    link: str | None
    area_label: str | None
    exercise: bool
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class PostEnd:
    """What became of a try; without a ``pause`` it is final. ``doubtful``: nobody said whether it was published."""

    state: PartState
    reply: str
    pause: timedelta | None = None
    doubtful: bool = False
    reference: str | None = None
    url: str | None = None


class SocialPosts:
    """Those of one lane."""

    def __init__(self, pool: "asyncpg.Pool[Any]", lane: Lane) -> None:
        self._pool = pool
        self.lane = lane

    async def claim(self, claim: UUID, limit: int, lease: timedelta) -> list[ClaimedPost]:
        """The next due ones, for that long."""
        rows = await self._pool.fetch(_CLAIM, self.lane, claim, limit, lease)
        return [ClaimedPost(**row) for row in rows]

    async def hand_over(self, post: UUID, claim: UUID) -> bool:
        """Say that it goes to the server now; False where it may not."""
        return await self._pool.fetchval(_HAND_OVER, post, claim) is not None

    async def release(self, claim: UUID, ids: list[UUID], pause: timedelta) -> None:
        """Give back what was not settled: at once, or after that time what may be published."""
        await self._pool.execute(_RELEASE, claim, ids, pause)

    async def settle(self, post: UUID, claim: UUID, end: PostEnd) -> None:
        """Keep what became of it; that it was published whoever holds the claim by now."""
        row = (post, claim, end.state, end.reply, end.pause, end.doubtful, end.reference, end.url)
        await self._pool.execute(_SETTLE, *row)

    async def known(self, account: str, since: datetime) -> list[str]:
        """What the server calls the posts of an account that are known to be there."""
        return [row["reference"] for row in await self._pool.fetch(_KNOWN, account, since)]


def add(session: AsyncSession, kind: PostKind, **values: Any) -> SocialPost:
    """One that is to be published."""
    row = SocialPost(kind=kind, state=PartState.PENDING, due_at=values["created_at"], **values)
    session.add(row)
    return row


async def unplan(session: AsyncSession, broadcast: UUID) -> bool:
    """Those of a broadcast are not to be published; False, and nothing is changed, where one's turn has come."""
    locked = select(SocialPost).where(SocialPost.broadcast_id == broadcast).with_for_update()
    posts = (await session.scalars(locked.execution_options(populate_existing=True))).all()
    if any(post.state != PartState.PENDING for post in posts):
        return False
    for post in posts:
        await session.delete(post)
    await session.flush()
    return True


async def of_broadcasts(session: AsyncSession, ids: Sequence[UUID]) -> Sequence[SocialPost]:
    """Those of broadcasts, the first first."""
    wanted = select(SocialPost).where(SocialPost.broadcast_id.in_(ids))
    return (await session.scalars(wanted.order_by(SocialPost.created_at, SocialPost.id))).all()
