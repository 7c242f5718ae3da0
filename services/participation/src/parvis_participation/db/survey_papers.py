# SPDX-License-Identifier: EUPL-1.2
"""Sheets of paper that agents enter, and what people wrote in surveys."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db import keyset
from parvis_participation.db import survey_files
from parvis_participation.db.only import only
from parvis_participation.db.survey_tables import Survey, SurveyResponse, SurveyRoll
from parvis_participation.db.survey_tables import SurveyPaper as Row


async def add(session: AsyncSession, sheet: Row) -> bool:
    """Store a sheet; False, and nothing is stored, where its reference was entered before."""
    values = {column.key: getattr(sheet, column.key) for column in Row.__table__.columns}
    stored = insert(Row).values(values).on_conflict_do_nothing(index_elements=["survey_id", "reference"])
    return (await session.execute(stored.returning(Row.id))).first() is not None


async def locked(session: AsyncSession, survey_id: UUID, sheet_id: UUID) -> Row:
    """A sheet of that survey, for this transaction alone; raises NotFoundError."""
    wanted = select(Row).where(Row.id == sheet_id, Row.survey_id == survey_id).with_for_update()
    return await only(session, wanted)


async def page(
    session: AsyncSession, survey_id: UUID, position: keyset.Position | None, limit: int, *, waiting: bool
) -> keyset.Slice[Row]:
    """One page of the sheets of a survey, newest first; only those that wait for another agent where ``waiting``."""
    wanted = select(Row).where(Row.survey_id == survey_id)
    if waiting:
        wanted = wanted.where(Row.confirmed_at.is_(None))
    rows = await session.scalars(keyset.at(wanted, Row.created_at, Row.id, position, limit))
    return keyset.cut(rows.all(), position, limit)


@dataclass(frozen=True, slots=True)
class Written:
    """A response with words, in an order that tells nothing: that of random ids."""

    row: SurveyResponse
    created_at: datetime

    @property
    def id(self) -> UUID:
        """As the row's."""
        return self.row.id


async def written(
    session: AsyncSession, survey: Survey, question: str, position: keyset.Position | None, limit: int
) -> keyset.Slice[Written]:
    """One page of the responses that answer an open question."""
    wanted = (
        select(SurveyResponse, Survey.created_at)
        .join(Survey, Survey.id == SurveyResponse.survey_id)
        .where(SurveyResponse.survey_id == survey.id, SurveyResponse.choices.has_key(question))
        .where(SurveyResponse.words.is_not(None))
    )
    found = await session.execute(keyset.at(wanted, Survey.created_at, SurveyResponse.id, position, limit))
    return keyset.cut([Written(row, created) for row, created in found], position, limit)


async def kept_too_long(session: AsyncSession, before: datetime) -> Survey | None:
    """A survey that was complete before then and still knows who answered, locked; None if none."""
    wanted = select(Survey).where(Survey.forgotten_at.is_(None), Survey.paper_closes_at < before)
    wanted = wanted.order_by(Survey.paper_closes_at).limit(1).with_for_update(skip_locked=True)
    return (await session.execute(wanted)).scalar_one_or_none()


async def forget_people(session: AsyncSession, survey_id: UUID) -> None:
    """Keep of the answers to a survey what figures are made of, and nothing of who gave them, or wrote what."""
    nobody = {"person": None, "words": None, "answered_at": None}
    mine = update(SurveyResponse).where(SurveyResponse.survey_id == survey_id).values(nobody)
    await session.execute(mine.execution_options(synchronize_session=False))
    await session.execute(delete(SurveyRoll).where(SurveyRoll.survey_id == survey_id))
    await survey_files.forget(session, survey_id)
    await session.execute(delete(Row).where(Row.survey_id == survey_id))
