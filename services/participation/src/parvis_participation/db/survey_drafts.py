# SPDX-License-Identifier: EUPL-1.2
"""Answers to surveys that people have begun."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.db.survey_tables import SurveyDraft as Row


def _values(draft: Row) -> dict[str, object]:
    return {column.key: getattr(draft, column.key) for column in Row.__table__.columns}


async def keep(session: AsyncSession, draft: Row) -> None:
    """Save it, in the place of what was saved before."""
    new = {"content": draft.content, "changed_at": draft.changed_at}
    stored = insert(Row).values(_values(draft))
    await session.execute(stored.on_conflict_do_update(index_elements=["survey_id", "person"], set_=new))


async def keep_first(session: AsyncSession, draft: Row) -> None:
    """Save it where nothing was saved before."""
    await session.execute(insert(Row).values(_values(draft)).on_conflict_do_nothing())


async def one(session: AsyncSession, survey_id: UUID, person: UUID) -> Row | None:
    """What somebody has begun."""
    wanted = select(Row).where(Row.survey_id == survey_id, Row.person == person)
    return (await session.execute(wanted)).scalar_one_or_none()


async def of_account(session: AsyncSession, person: UUID) -> Sequence[Row]:
    """All that an account has begun."""
    return (await session.scalars(select(Row).where(Row.person == person))).all()


async def discard(session: AsyncSession, survey_id: UUID, person: UUID) -> None:
    """Forget what somebody has begun."""
    gone = delete(Row).where(Row.survey_id == survey_id, Row.person == person)
    await session.execute(gone.execution_options(synchronize_session=False))


async def discard_all(session: AsyncSession, survey_id: UUID) -> None:
    """Forget all that was begun."""
    gone = delete(Row).where(Row.survey_id == survey_id)
    await session.execute(gone.execution_options(synchronize_session=False))
