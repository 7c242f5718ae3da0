# SPDX-License-Identifier: EUPL-1.2
"""What people agreed to have shown of them, and agreed to no more."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.db.publication_tables import PublicationConsent as Row
from parvis_participation.domain.publication import Publication

_MOST: Final = 50
"""More changes of mind than a page shows; they stay in the table."""


async def history(session: AsyncSession, subjects: Collection[UUID], people: Collection[UUID]) -> Sequence[Row]:
    """What these people said of these subjects, the latest first."""
    wanted = select(Row).where(Row.subject.in_(list(subjects)), Row.person.in_(list(people)))
    return (await session.scalars(wanted.order_by(Row.created_at.desc(), Row.id.desc()).limit(_MOST))).all()


async def carry(session: AsyncSession, candidacy: UUID, mandate: UUID) -> None:
    """Let what whoever was drawn agreed to as they volunteered be of their mandate."""
    moved = update(Row).where(Row.subject == candidacy).values(subject=mandate, kind=Publication.MANDATE.value)
    await session.execute(moved.execution_options(synchronize_session=False))


async def forget(session: AsyncSession, subjects: Collection[UUID]) -> None:
    """Delete what was said of subjects of which nothing personal is kept any more."""
    gone = delete(Row).where(Row.subject.in_(list(subjects)))
    await session.execute(gone.execution_options(synchronize_session=False))


async def purge_candidacies(session: AsyncSession, before: datetime) -> None:
    """Delete what was said before that instant by people who volunteered and were not drawn."""
    gone = delete(Row).where(Row.kind == Publication.CANDIDACY.value, Row.created_at < before)
    await session.execute(gone.execution_options(synchronize_session=False))


async def move(session: AsyncSession, absorbed: UUID, kept: UUID) -> None:
    """Let what was said under an account that is no more be the kept one's."""
    moved = update(Row).where(Row.person == absorbed).values(person=kept)
    await session.execute(moved.execution_options(synchronize_session=False))
