# SPDX-License-Identifier: EUPL-1.2
"""The files that people send to surveys."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from parvis_participation.db.only import only
from parvis_participation.db.survey_tables import SurveyFile as Row


async def one_at_a_time(session: AsyncSession, survey_id: UUID) -> None:
    """Let files for a survey be counted one after another, until this transaction ends."""
    name = f"survey-files/{survey_id}"
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


async def unanswered(session: AsyncSession, survey_id: UUID, person: UUID) -> int:
    """How many files of an account are of no answer yet."""
    wanted = select(func.count()).where(Row.survey_id == survey_id, Row.person == person, Row.response_id.is_(None))
    return await session.scalar(wanted) or 0


async def bytes_of(session: AsyncSession, survey_id: UUID, *, answered: bool) -> int:
    """How many bytes all files of a survey have that are answers, or that are none yet."""
    which = Row.response_id.is_not(None) if answered else Row.response_id.is_(None)
    return int(await session.scalar(select(func.sum(Row.size)).where(Row.survey_id == survey_id, which)) or 0)


async def bytes_waiting(session: AsyncSession, survey_id: UUID, person: UUID) -> int:
    """How many bytes an account has sent to a survey and not answered with yet."""
    mine = select(func.sum(Row.size)).where(Row.survey_id == survey_id, Row.person == person)
    return int(await session.scalar(mine.where(Row.response_id.is_(None))) or 0)


async def heaviest(session: AsyncSession, survey_id: UUID) -> tuple[Row, int]:
    """The oldest file of the account that has the most bytes waiting for an answer, and how many these are.

    Of accounts with as many, the one whose oldest file is the oldest.
    """
    waiting = (Row.survey_id == survey_id, Row.response_id.is_(None))
    held = select(Row.person, func.sum(Row.size)).where(*waiting).group_by(Row.person)
    held = held.order_by(func.sum(Row.size).desc(), func.min(Row.created_at), Row.person).limit(1)
    person, size = (await session.execute(held)).one()
    oldest = select(Row).where(*waiting, Row.person == person).order_by(Row.created_at, Row.id).limit(1)
    return (await session.execute(oldest)).scalar_one(), int(size)


async def own(session: AsyncSession, survey_id: UUID, person: UUID, ids: Collection[UUID]) -> Sequence[Row]:
    """Those of these files that the account sent and that are of no answer yet, locked."""
    wanted = select(Row).where(Row.id.in_(ids), Row.survey_id == survey_id, Row.person == person)
    return (await session.scalars(wanted.where(Row.response_id.is_(None)).with_for_update())).all()


async def answered(session: AsyncSession, survey_id: UUID, file_id: UUID) -> Row:
    """A file that is an answer, with its content; raises NotFoundError."""
    wanted = select(Row).where(Row.id == file_id, Row.survey_id == survey_id, Row.response_id.is_not(None))
    return await only(session, wanted.options(undefer(Row.content)))


async def move(session: AsyncSession, absorbed: UUID, kept: UUID, responses: Collection[UUID]) -> None:
    """Let an account's files that are of these responses, or of none yet, be the kept one's; sealed as they are."""
    mine = update(Row).where(Row.person == absorbed, Row.response_id.is_(None) | Row.response_id.in_(responses))
    moved = mine.values(person=kept, sealed_for=func.coalesce(Row.sealed_for, absorbed))
    await session.execute(moved.execution_options(synchronize_session=False))


async def to_seal(session: AsyncSession, without: Collection[UUID]) -> Row | None:
    """A file that is sealed for an account that is no more, with its content, none of those; locked, or None."""
    wanted = select(Row).where(Row.sealed_for.is_not(None), Row.id.not_in(without)).order_by(Row.id).limit(1)
    wanted = wanted.options(undefer(Row.content)).with_for_update(skip_locked=True)
    return (await session.execute(wanted)).scalar_one_or_none()


async def discard(session: AsyncSession, file_id: UUID) -> None:
    """Take a file out."""
    await session.execute(delete(Row).where(Row.id == file_id).execution_options(synchronize_session=False))


async def discard_unanswered(session: AsyncSession, survey_id: UUID) -> None:
    """Forget the files of a survey that are no answers."""
    gone = delete(Row).where(Row.survey_id == survey_id, Row.response_id.is_(None))
    await session.execute(gone.execution_options(synchronize_session=False))


async def purge(session: AsyncSession, before: datetime) -> None:
    """Forget files that were sent before that instant and are no answers."""
    gone = delete(Row).where(Row.response_id.is_(None), Row.created_at < before)
    await session.execute(gone.execution_options(synchronize_session=False))


async def forget(session: AsyncSession, survey_id: UUID) -> None:
    """Delete all files of a survey."""
    gone = delete(Row).where(Row.survey_id == survey_id)
    await session.execute(gone.execution_options(synchronize_session=False))


async def join(session: AsyncSession, ids: Collection[UUID], response: UUID) -> None:
    """Have these files be those of a response."""
    mine = update(Row).where(Row.id.in_(ids)).values(response_id=response)
    await session.execute(mine.execution_options(synchronize_session=False))
