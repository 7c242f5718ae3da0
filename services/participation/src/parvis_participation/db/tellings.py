# SPDX-License-Identifier: EUPL-1.2
"""Whom to tell what became of something: many are written by one statement, and taken in batches."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from parvis_participation.db.telling_tables import PersonTelling as Row

_SIGNERS: Final = text("""
WITH overtaken AS (DELETE FROM person_telling WHERE about = :petition AND told_at IS NULL RETURNING person, subject)
INSERT INTO person_telling (id, collectivity, kind, subject, about, ground, person, created_at)
SELECT gen_random_uuid(), s.collectivity, 'petition', :subject, s.petition_id, :ground, s.person, :at
FROM petition_signature s WHERE s.petition_id = :petition AND s.told AND s.person <> :author AND NOT (
    CAST(:subject AS varchar) = 'restored'
    AND EXISTS (SELECT FROM overtaken o WHERE o.person = s.person AND o.subject = 'removed'))
""")
_AMENDERS: Final = text("""
INSERT INTO person_telling (id, collectivity, kind, subject, about, within, person, created_at)
SELECT gen_random_uuid(), a.collectivity, 'amendment', 'lapsed', a.id, a.proposal_id, a.person, :at
FROM proposal_amendment a
WHERE a.proposal_id = :proposal AND a.state = 'proposed' AND a.removed_at IS NULL AND a.person <> :author
""")


_SAME: Final = """
mine.person = :kept AND theirs.person = :absorbed AND mine.kind = theirs.kind AND mine.subject = theirs.subject
    AND mine.about = theirs.about AND mine.created_at = theirs.created_at
"""
_TOLD: Final = text(f"""
UPDATE person_telling mine SET told_at = theirs.told_at FROM person_telling theirs
WHERE {_SAME} AND mine.told_at IS NULL AND theirs.told_at IS NOT NULL
""")
_ONCE: Final = text(f"DELETE FROM person_telling theirs USING person_telling mine WHERE {_SAME}")


async def signers(
    session: AsyncSession, petition: UUID, author: UUID, subject: str, ground: str | None, at: datetime
) -> None:
    """Have those who sign a petition and want to know be told; what they were not told yet of it is overtaken.

    Nobody is told that it is back who was not told that it is removed.
    """
    values = {"petition": petition, "author": author, "subject": subject, "ground": ground, "at": at}
    await session.execute(_SIGNERS, values)


async def amenders(session: AsyncSession, proposal: UUID, author: UUID, at: datetime) -> None:
    """Have those be told whose amendments of a proposal wait for an answer that will not come."""
    await session.execute(_AMENDERS, {"proposal": proposal, "author": author, "at": at})


async def some(session: AsyncSession, limit: int) -> Sequence[Row]:
    """So many of those who are to be told, locked."""
    wanted = select(Row).where(Row.told_at.is_(None)).order_by(Row.id).limit(limit).with_for_update(skip_locked=True)
    return (await session.scalars(wanted)).all()


async def done(session: AsyncSession, ids: Sequence[UUID], at: datetime) -> None:
    """They are told."""
    told = update(Row).where(Row.id.in_(ids)).values(told_at=at)
    await session.execute(told.execution_options(synchronize_session=False))


async def forget(session: AsyncSession, most: int) -> int:
    """Keep nothing of what everybody was told of, so many at a time; returns how many went."""
    untold = aliased(Row)
    waiting = select(untold.id).where(untold.about == Row.about, untold.told_at.is_(None)).correlate(Row).exists()
    few = select(Row.id).where(Row.told_at.is_not(None), ~waiting).limit(most).cte("few").prefix_with("MATERIALIZED")
    gone = delete(Row).where(Row.id == few.c.id).returning(Row.id)
    return len((await session.execute(gone.execution_options(synchronize_session=False))).all())


async def move(session: AsyncSession, absorbed: UUID, kept: UUID) -> None:
    """Have the kept account be told in the place of the one that is no more; of one act once, by whichever it was."""
    both = {"absorbed": absorbed, "kept": kept}
    # Whoever tells them at this moment ends first.
    await session.execute(select(Row.id).where(Row.person.in_(both.values())).order_by(Row.id).with_for_update())
    await session.execute(_TOLD, both)
    await session.execute(_ONCE, both)
    moved = update(Row).where(Row.person == absorbed).values(person=kept)
    await session.execute(moved.execution_options(synchronize_session=False))
