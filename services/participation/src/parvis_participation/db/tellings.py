# SPDX-License-Identifier: EUPL-1.2
"""Whom to tell what became of something: many are written by one statement, and taken in batches."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.db.telling_tables import PersonTelling as Row

_SIGNERS: Final = text("""
WITH overtaken AS (DELETE FROM person_telling WHERE about = :petition RETURNING person, subject)
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
    wanted = select(Row).order_by(Row.id).limit(limit).with_for_update(skip_locked=True)
    return (await session.scalars(wanted)).all()


async def done(session: AsyncSession, ids: Sequence[UUID]) -> None:
    """They are told."""
    await session.execute(delete(Row).where(Row.id.in_(ids)).execution_options(synchronize_session=False))


async def move(session: AsyncSession, absorbed: UUID, kept: UUID) -> None:
    """Have the kept account be told in the place of the one that is no more."""
    moved = update(Row).where(Row.person == absorbed).values(person=kept)
    await session.execute(moved.execution_options(synchronize_session=False))
