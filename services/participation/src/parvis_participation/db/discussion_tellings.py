# SPDX-License-Identifier: EUPL-1.2
"""Whom to tell of discussions: written by one statement with what they are told of, and taken in batches."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select, text, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.db.discussions import Discussion
from parvis_participation.db.telling_tables import DiscussionTelling as Row

_ADD: Final = text("""
INSERT INTO discussion_telling (news_id, person, collectivity, thread, subject_id, comments, replies)
SELECT :news, t.person, :collectivity, :thread, :subject, t.comments, t.replies
FROM unnest(CAST(:people AS uuid[]), CAST(:comments AS integer[]), CAST(:replies AS integer[]))
    AS t (person, comments, replies)
""")
# Of what everybody was told of.
_FORGET: Final = text("""
WITH few AS MATERIALIZED (
    SELECT t.news_id, t.person FROM discussion_telling t
    WHERE t.told_at IS NOT NULL AND NOT EXISTS (
        SELECT FROM discussion_telling u WHERE u.news_id = t.news_id AND u.told_at IS NULL)
    ORDER BY t.news_id, t.person LIMIT :most FOR UPDATE SKIP LOCKED
)
DELETE FROM discussion_telling t USING few WHERE t.news_id = few.news_id AND t.person = few.person RETURNING t.person
""")
_SAME: Final = "mine.person = :kept AND theirs.person = :absorbed AND mine.news_id = theirs.news_id"
_TOLD: Final = text(f"""
UPDATE discussion_telling mine SET told_at = theirs.told_at FROM discussion_telling theirs
WHERE {_SAME} AND mine.told_at IS NULL AND theirs.told_at IS NOT NULL
""")
_ONCE: Final = text(f"DELETE FROM discussion_telling theirs USING discussion_telling mine WHERE {_SAME}")


async def add(session: AsyncSession, news: UUID, of: Discussion, told: Mapping[UUID, tuple[int, int]]) -> None:
    """Have these people be told of so many comments, and answers among them."""
    comments, replies = zip(*told.values(), strict=True)
    values = {
        "news": news, "collectivity": of.collectivity, "thread": of.subject.kind.value, "subject": of.subject.id,
        "people": list(told), "comments": list(comments), "replies": list(replies),
    }  # fmt: skip
    await session.execute(_ADD, values)


async def some(session: AsyncSession, limit: int) -> Sequence[Row]:
    """So many of those who are to be told, locked."""
    wanted = select(Row).where(Row.told_at.is_(None)).order_by(Row.news_id, Row.person).limit(limit)
    return (await session.scalars(wanted.with_for_update(skip_locked=True))).all()


async def done(session: AsyncSession, rows: Sequence[Row], at: datetime) -> None:
    """They are told."""
    keys = [(row.news_id, row.person) for row in rows]
    told = update(Row).where(tuple_(Row.news_id, Row.person).in_(keys)).values(told_at=at)
    await session.execute(told.execution_options(synchronize_session=False))


async def forget(session: AsyncSession, most: int) -> int:
    """Keep nothing of what everybody was told of, so many at a time; returns how many went."""
    return len((await session.execute(_FORGET, {"most": most})).all())


async def move(session: AsyncSession, absorbed: UUID, kept: UUID) -> None:
    """Have the kept account be told in the place of the one that is no more; once, by whichever it was."""
    both = {"absorbed": absorbed, "kept": kept}
    # Whoever tells them at this moment ends first.
    mine = select(Row.person).where(Row.person.in_(both.values())).order_by(Row.news_id, Row.person)
    await session.execute(mine.with_for_update())
    await session.execute(_TOLD, both)
    await session.execute(_ONCE, both)
    moved = update(Row).where(Row.person == absorbed).values(person=kept)
    await session.execute(moved.execution_options(synchronize_session=False))
