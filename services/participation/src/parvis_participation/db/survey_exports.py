# SPDX-License-Identifier: EUPL-1.2
"""The answers to a survey row by row, and who took them out."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_participation.db.survey_papers import Written
from parvis_participation.db.survey_tables import Survey, SurveyResponse
from parvis_participation.db.survey_tables import SurveyExport as Row


async def one_at_a_time(session: AsyncSession, survey_id: UUID) -> None:
    """Let the rows of a survey be taken out by one after another, until this transaction ends."""
    name = f"survey-exports/{survey_id}"
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


async def responses(
    session: AsyncSession, survey: Survey, position: keyset.Position | None, limit: int
) -> keyset.Slice[Written]:
    """One page of all that was answered, in the order of random ids."""
    wanted = (
        select(SurveyResponse, Survey.created_at)
        .join(Survey, Survey.id == SurveyResponse.survey_id)
        .where(SurveyResponse.survey_id == survey.id)
    )
    found = await session.execute(keyset.at(wanted, Survey.created_at, SurveyResponse.id, position, limit))
    return keyset.cut([Written(row, created) for row, created in found], position, limit)


async def combinations(
    session: AsyncSession, survey_id: UUID, codes: Sequence[str]
) -> Sequence[tuple[Sequence[Any], int]]:
    """Each distinct row of answers to these questions, with how many gave it."""
    values = func.jsonb_build_array(
        *(SurveyResponse.choices[code] for code in codes), type_=SurveyResponse.choices.type
    )
    wanted = select(values, func.count()).where(SurveyResponse.survey_id == survey_id).group_by(values)
    return [(row, times) for row, times in await session.execute(wanted)]


async def note(session: AsyncSession, taken: Row) -> None:
    """Write down that something was taken out."""
    session.add(taken)
    await session.flush()


async def newest(session: AsyncSession, survey_id: UUID) -> Row | None:
    """The last time that its rows were taken out."""
    wanted = select(Row).where(Row.survey_id == survey_id).order_by(Row.created_at.desc(), Row.id.desc()).limit(1)
    return (await session.execute(wanted)).scalar_one_or_none()


async def page(
    session: AsyncSession, survey_id: UUID, position: keyset.Position | None, limit: int
) -> keyset.Slice[Row]:
    """One page of who took its rows out, newest first."""
    wanted = select(Row).where(Row.survey_id == survey_id)
    rows = await session.scalars(keyset.at(wanted, Row.created_at, Row.id, position, limit))
    return keyset.cut(rows.all(), position, limit)
