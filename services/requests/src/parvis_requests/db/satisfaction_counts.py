# SPDX-License-Identifier: EUPL-1.2
"""What was answered and asked in months that are over, counted once: it outlives the requests and never changes.

Whoever counts a month, and whoever destroys a request, lock its rows in one order: the answer, the survey, the counts.
The one who comes second sees what the first has committed, so each answer is in one count, once.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db.tables import Collectivity, CountedMonths, Satisfaction, SatisfactionCount, Survey
from parvis_requests.domain.calendar import end_of

_SCORES: Final = range(1, 6)
_HOLD_ANSWERS: Final = text("""
SELECT request_id FROM satisfaction
WHERE collectivity = :collectivity AND created_at >= :since AND created_at < :until ORDER BY request_id FOR UPDATE
""")
_HOLD_SURVEYS: Final = text("""
SELECT request_id FROM survey
WHERE collectivity = :collectivity AND asked_at >= :since AND asked_at < :until ORDER BY request_id FOR UPDATE
""")
_COUNT: Final = text("""
INSERT INTO satisfaction_count AS kept
    (collectivity, month, type_code, team, score_1, score_2, score_3, score_4, score_5, asked, answered)
SELECT :collectivity, :month, r.type_code, r.team, count(*) FILTER (WHERE said.score = 1),
    count(*) FILTER (WHERE said.score = 2), count(*) FILTER (WHERE said.score = 3),
    count(*) FILTER (WHERE said.score = 4), count(*) FILTER (WHERE said.score = 5),
    count(*) FILTER (WHERE said.asked), count(*) FILTER (WHERE said.answered)
FROM (
    SELECT request_id, score, false AS asked, false AS answered FROM satisfaction
    WHERE collectivity = :collectivity AND created_at >= :since AND created_at < :until
    UNION ALL
    SELECT y.request_id, 0, true, EXISTS (SELECT 1 FROM satisfaction s WHERE s.request_id = y.request_id)
    FROM survey y WHERE y.collectivity = :collectivity AND y.asked_at >= :since AND y.asked_at < :until) AS said
JOIN request r ON r.id = said.request_id
GROUP BY r.type_code, r.team ORDER BY r.type_code, r.team
ON CONFLICT (collectivity, month, type_code, team) DO UPDATE SET score_1 = kept.score_1 + excluded.score_1,
    score_2 = kept.score_2 + excluded.score_2, score_3 = kept.score_3 + excluded.score_3,
    score_4 = kept.score_4 + excluded.score_4, score_5 = kept.score_5 + excluded.score_5,
    asked = kept.asked + excluded.asked, answered = kept.answered + excluded.answered
""")


async def to_count(session: AsyncSession, until: datetime) -> Sequence[tuple[str, datetime | None]]:
    """The collectivities whose months up to there are not all counted, and up to when they are."""
    done = CountedMonths.until
    wanted = select(Collectivity.collectivity, done).outerjoin(
        CountedMonths, CountedMonths.collectivity == Collectivity.collectivity
    )
    rows = await session.execute(wanted.where(done.is_(None) | (done < until)).order_by(Collectivity.collectivity))
    return [(row.collectivity, row.until) for row in rows]


async def first(session: AsyncSession, collectivity: str) -> datetime | None:
    """When somebody was first asked or answered there; None where nobody was."""
    said = select(func.min(Satisfaction.created_at)).where(Satisfaction.collectivity == collectivity)
    asked = select(func.min(Survey.asked_at)).where(Survey.collectivity == collectivity)
    gone = select(func.min(SatisfactionCount.month)).where(SatisfactionCount.collectivity == collectivity)
    month: date | None = await session.scalar(gone)
    found: list[datetime | None] = [await session.scalar(said), await session.scalar(asked)]
    if month is not None:
        found.append(end_of(month - timedelta(days=1)))
    return min((each for each in found if each is not None), default=None)


async def counted_until(session: AsyncSession, collectivity: str) -> datetime | None:
    """The instant before which all is counted; None where nothing is."""
    wanted = select(CountedMonths.until).where(CountedMonths.collectivity == collectivity)
    return (await session.scalars(wanted)).one_or_none()


async def count(session: AsyncSession, collectivity: str, month: date, since: datetime, until: datetime) -> bool:
    """Count a month, in the caller's transaction; False where another has done so."""
    mark = insert(CountedMonths).values(collectivity=collectivity, until=until)
    mark = mark.on_conflict_do_update(
        index_elements=["collectivity"], set_={"until": until}, where=CountedMonths.until == since
    )
    if (await session.execute(mark.returning(CountedMonths.until))).first() is None:
        return False
    asked = {"collectivity": collectivity, "since": since, "until": until}
    await session.execute(_HOLD_ANSWERS, asked)
    await session.execute(_HOLD_SURVEYS, asked)
    await session.execute(_COUNT, asked | {"month": month})
    return True


async def take_answer(session: AsyncSession, request_id: UUID) -> tuple[int, datetime] | None:
    """Delete what was answered about a request; returns score and instant."""
    gone = delete(Satisfaction).where(Satisfaction.request_id == request_id)
    row = (await session.execute(gone.returning(Satisfaction.score, Satisfaction.created_at))).first()
    return None if row is None else (row.score, row.created_at)


async def take_survey(session: AsyncSession, request_id: UUID) -> datetime | None:
    """Delete what was planned or asked about a request; returns when it was asked."""
    gone = delete(Survey).where(Survey.request_id == request_id)
    return (await session.execute(gone.returning(Survey.asked_at))).scalar_one_or_none()


async def add(
    session: AsyncSession, collectivity: str, month: date, of: tuple[str, str], numbers: dict[str, int]
) -> None:
    """Add to a month what goes before it is counted; ``of`` is type and team, ``numbers`` by column."""
    new = insert(SatisfactionCount).values(
        collectivity=collectivity, month=month, type_code=of[0], team=of[1], **numbers
    )
    columns = SatisfactionCount.__table__.c
    more = {name: columns[name] + number for name, number in numbers.items()}
    keys = ["collectivity", "month", "type_code", "team"]
    await session.execute(new.on_conflict_do_update(index_elements=keys, set_=more))


async def counts(
    session: AsyncSession, collectivity: str, since: date, until: date
) -> Sequence[tuple[SatisfactionCount, dict[int, int]]]:
    """What is counted of the months from then until before then, with how often each score was given."""
    wanted = select(SatisfactionCount).where(
        SatisfactionCount.collectivity == collectivity,
        SatisfactionCount.month >= since,
        SatisfactionCount.month < until,
    )
    key: tuple[Any, ...] = (SatisfactionCount.month, SatisfactionCount.type_code, SatisfactionCount.team)
    rows = (await session.scalars(wanted.order_by(*key))).all()
    return [(row, {score: getattr(row, f"score_{score}") for score in _SCORES}) for row in rows]
