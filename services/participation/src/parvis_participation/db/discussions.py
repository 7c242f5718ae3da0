# SPDX-License-Identifier: EUPL-1.2
"""Discussions with comments of which nobody was told yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.domain.thread import CommentState, Subject, ThreadKind

_DUE: Final = text("""
SELECT c.collectivity, c.project_id, c.consultation_id, c.proposal_id FROM comment c
WHERE c.told_at IS NULL AND c.created_at <= :quiet
    AND coalesce(c.project_id, c.consultation_id, c.proposal_id) <> ALL(CAST(:without AS uuid[]))
    AND NOT EXISTS (
        SELECT FROM discussion_rest r
        WHERE r.subject_id = coalesce(c.project_id, c.consultation_id, c.proposal_id) AND r.told_at > :rested)
ORDER BY c.created_at LIMIT 1
""")
# What somebody writes on at this moment is told the next time: nothing is waited for, nor is anybody kept waiting.
_TAKE: Final = {
    kind: text(f"""
WITH few AS MATERIALIZED (
    SELECT id FROM comment WHERE told_at IS NULL AND created_at <= :now AND {kind}_id = :subject
    ORDER BY created_at, id LIMIT :most FOR NO KEY UPDATE SKIP LOCKED
), taken AS (
    UPDATE comment SET told_at = :now FROM few WHERE comment.id = few.id
    RETURNING comment.person, comment.parent_id, comment.state
)
SELECT t.person, p.person AS answered, p.state AS of FROM taken t LEFT JOIN comment p ON p.id = t.parent_id
WHERE t.state = '{CommentState.PUBLISHED}'
""")
    for kind in ThreadKind
}
_REST: Final = text("""
INSERT INTO discussion_rest (subject_id, collectivity, told_at) VALUES (:subject, :collectivity, :now)
ON CONFLICT (subject_id) DO UPDATE SET told_at = excluded.told_at
""")
_FORGET: Final = text("""
WITH few AS MATERIALIZED (
    SELECT subject_id FROM discussion_rest WHERE told_at <= :rested ORDER BY told_at LIMIT 5000)
DELETE FROM discussion_rest USING few
WHERE discussion_rest.subject_id = few.subject_id AND discussion_rest.told_at <= :rested
""")


@dataclass(frozen=True, slots=True)
class Discussion:
    """What is discussed in which town."""

    collectivity: str
    subject: Subject


@dataclass(frozen=True, slots=True)
class Remark:
    """Who wrote a comment, and whose comment it answers; None where it answers none that still has words."""

    person: UUID
    answered: UUID | None


async def due(session: AsyncSession, quiet: datetime, rested: datetime, without: Sequence[UUID]) -> Discussion | None:
    """One with a comment of before ``quiet``, not told of since ``rested``, and none of those; None if none is due."""
    found = (await session.execute(_DUE, {"quiet": quiet, "rested": rested, "without": list(without)})).first()
    if found is None:
        return None
    ids = {kind: getattr(found, f"{kind}_id") for kind in ThreadKind}
    kind, subject = next((kind, each) for kind, each in ids.items() if each is not None)
    return Discussion(found.collectivity, Subject(kind, subject))


async def take(session: AsyncSession, of: Discussion, now: datetime, most: int) -> Sequence[Remark]:
    """The comments of which nobody was told yet, and that still have words; they count as told from now on."""
    asked = {"now": now, "subject": of.subject.id, "most": most}
    rows = (await session.execute(_TAKE[of.subject.kind], asked)).all()
    return [Remark(row.person, row.answered if row.of == CommentState.PUBLISHED else None) for row in rows]


async def rest(session: AsyncSession, of: Discussion, now: datetime) -> None:
    """Nobody is told of it again for a while."""
    await session.execute(_REST, {"subject": of.subject.id, "collectivity": of.collectivity, "now": now})


async def forget(session: AsyncSession, rested: datetime) -> None:
    """Keep nothing of discussions that have rested: of some at a time, the others wait for the next look."""
    await session.execute(_FORGET, {"rested": rested})
