# SPDX-License-Identifier: EUPL-1.2
"""The answers to surveys, and what they add up to: counted when asked, never kept beside an answer."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import case, delete, func, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.db.survey_tables import Survey, SurveyLinkHour, SurveyResponse, SurveyRoll
from parvis_participation.domain.survey import Identification
from parvis_participation.domain.survey_form import Quota

_TALLIES: Final = text("""
WITH mine AS MATERIALIZED (SELECT choices, by_link FROM survey_response WHERE survey_id = :survey)
SELECT NULL AS code, to_jsonb(by_link) AS value, count(*) AS times FROM mine GROUP BY by_link
UNION ALL SELECT key, value, count(*) FROM mine, jsonb_each(choices) GROUP BY key, value
""").columns(value=SurveyResponse.choices.type)
_PAIRS: Final = text("""
SELECT choices -> :by AS of_row, choices -> :question AS of_column, count(*) AS times
FROM survey_response WHERE survey_id = :survey GROUP BY 1, 2
""").columns(of_row=SurveyResponse.choices.type, of_column=SurveyResponse.choices.type)
_WAYS: Final = text("""
SELECT by_link, choices -> :question AS value, count(*) AS times
FROM survey_response WHERE survey_id = :survey GROUP BY 1, 2
""").columns(value=SurveyResponse.choices.type)
_PART: Final = text("""
WITH taken AS (DELETE FROM survey_response WHERE survey_id = :survey AND person IS NULL RETURNING *)
INSERT INTO survey_response SELECT * FROM taken ORDER BY id
""")


async def add_named(session: AsyncSession, response: SurveyResponse) -> bool:
    """Store the answers of an account; False, and nothing is stored, where it has answered."""
    values = {column.key: getattr(response, column.key) for column in SurveyResponse.__table__.columns}
    stored = insert(SurveyResponse).values(values).on_conflict_do_nothing(index_elements=["survey_id", "person"])
    return (await session.execute(stored.returning(SurveyResponse.id))).first() is not None


async def sign(session: AsyncSession, survey_id: UUID, collectivity: str, account_key: bytes) -> bool:
    """Take note that somebody has answered an anonymous survey; False where they have before."""
    values = {"survey_id": survey_id, "collectivity": collectivity, "account_key": account_key}
    stored = insert(SurveyRoll).values(values).on_conflict_do_nothing().returning(SurveyRoll.survey_id)
    return (await session.execute(stored)).first() is not None


async def of_person(session: AsyncSession, survey_id: UUID, person: UUID) -> SurveyResponse | None:
    """What an account has answered, by name."""
    wanted = select(SurveyResponse).where(SurveyResponse.survey_id == survey_id, SurveyResponse.person == person)
    return (await session.execute(wanted)).scalar_one_or_none()


async def signed(session: AsyncSession, survey_id: UUID, account_key: bytes) -> bool:
    """Whether the roll has that key."""
    wanted = select(SurveyRoll.survey_id).where(
        SurveyRoll.survey_id == survey_id, SurveyRoll.account_key == account_key
    )
    return (await session.execute(wanted)).first() is not None


async def part(session: AsyncSession, survey_id: UUID) -> None:
    """Write the answers without a name anew, in the order of their random ids.

    None shares a transaction or a place with an entry on the roll, or with the sheet of paper that it stood on.
    """
    await session.execute(_PART, {"survey": survey_id})


async def number(session: AsyncSession, survey_id: UUID) -> int:
    """How many have answered."""
    counted = select(func.count()).where(SurveyResponse.survey_id == survey_id)
    return await session.scalar(counted) or 0


@dataclass(frozen=True, slots=True)
class Tallies:
    """How many answered, ``by_link`` or otherwise, and each question's distinct answers with how many gave each."""

    by_link: int
    otherwise: int
    of: Mapping[str, Sequence[tuple[Any, int]]]

    @property
    def total(self) -> int:
        """All answers."""
        return self.by_link + self.otherwise


async def tallies(session: AsyncSession, survey_id: UUID) -> Tallies:
    """What is counted of a survey, at one instant."""
    ways, found = {True: 0, False: 0}, defaultdict[str, list[tuple[Any, int]]](list)
    for code, value, times in await session.execute(_TALLIES, {"survey": survey_id}):
        if code is None:
            ways[value] = times
        else:
            found[code].append((value, times))
    return Tallies(ways[True], ways[False], found)


async def pairs(session: AsyncSession, survey_id: UUID, by: str, question: str) -> Sequence[tuple[Any, Any, int]]:
    """Each distinct pair of answers to two questions, the first being ``by``, with how many gave it."""
    found = await session.execute(_PAIRS, {"survey": survey_id, "by": by, "question": question})
    return [(row.of_row, row.of_column, row.times) for row in found]


async def ways(session: AsyncSession, survey_id: UUID, question: str) -> Sequence[tuple[bool, Any, int]]:
    """Each distinct answer to a question, by link or otherwise, with how many gave it so."""
    found = await session.execute(_WAYS, {"survey": survey_id, "question": question})
    return [(row.by_link, row.value, row.times) for row in found]


async def full(session: AsyncSession, survey_id: UUID, quotas: Sequence[Quota]) -> list[Quota]:
    """The quotas that take nobody any more: all counted in one pass, as everybody who looks at the survey asks."""
    if not quotas:
        return []
    counted = [func.count().filter(SurveyResponse.choices[each.question].astext == each.option) for each in quotas]
    numbers = (await session.execute(select(*counted).where(SurveyResponse.survey_id == survey_id))).one()
    return [quota for quota, number in zip(quotas, numbers, strict=True) if number >= quota.most]


async def one_at_a_time(session: AsyncSession, survey_id: UUID, quota: Quota) -> None:
    """Let those who count for this quota answer one after another, until this transaction ends."""
    name = f"survey-quota/{survey_id}/{quota.question}/{quota.option}"
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


async def take_turn(session: AsyncSession, survey: Survey, most: int, now: datetime) -> bool:
    """Count one more answer by link within this hour; False, and none is counted, where there were as many as may be.

    Others wait for this transaction.
    """
    hour = now.replace(minute=0, second=0, microsecond=0)
    values = {"survey_id": survey.id, "collectivity": survey.collectivity, "hour_at": hour, "number": 1}
    first = SurveyLinkHour.hour_at < hour
    stored = (
        insert(SurveyLinkHour)
        .values(values)
        .on_conflict_do_update(
            index_elements=["survey_id"],
            set_={"hour_at": hour, "number": case((first, 1), else_=SurveyLinkHour.number + 1)},
            where=or_(first, SurveyLinkHour.number < most),
        )
    )
    return (await session.execute(stored.returning(SurveyLinkHour.survey_id))).first() is not None


async def named_of(session: AsyncSession, person: UUID) -> Sequence[tuple[SurveyResponse, Survey]]:
    """All that an account has answered by name, locked, with the surveys."""
    wanted = select(SurveyResponse, Survey).join(Survey, Survey.id == SurveyResponse.survey_id)
    found = await session.execute(wanted.where(SurveyResponse.person == person).with_for_update(of=SurveyResponse))
    return [(response, survey) for response, survey in found]


async def discard(session: AsyncSession, response: SurveyResponse) -> None:
    """Take answers out."""
    await session.execute(delete(SurveyResponse).where(SurveyResponse.id == response.id))


async def anonymous_open(session: AsyncSession) -> Sequence[tuple[UUID, str]]:
    """The anonymous surveys that have opened and are not closed, with their collectivities."""
    wanted = select(Survey.id, Survey.collectivity).where(
        Survey.closing_told_at.is_(None),
        Survey.closes_at > func.now(),
        Survey.published_at.is_not(None),
        Survey.identification == Identification.ANONYMOUS,
    )
    return [(survey, collectivity) for survey, collectivity in await session.execute(wanted)]
