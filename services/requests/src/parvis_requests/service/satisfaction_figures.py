# SPDX-License-Identifier: EUPL-1.2
"""How people were served, in figures: of months that are over as they were counted once, else of what there is."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db import satisfaction_counts as counts
from parvis_requests.db import surveys
from parvis_requests.db.tables import SatisfactionCount
from parvis_requests.domain.calendar import day_of
from parvis_requests.domain.request import Actor
from parvis_requests.domain.survey import Figure, Figures, published_months
from parvis_requests.domain.work_queue import for_agents


@dataclass(slots=True)
class _Sum:
    """What is put together under one code."""

    scores: Counter[int] = field(default_factory=Counter)
    asked: int = 0
    answered: int = 0


async def count_satisfaction(
    session: AsyncSession, actor: Actor, by: Figures, since: datetime, until: datetime
) -> list[Figure]:
    """What was answered in the agent's collectivity in those months; raises NotAllowedError for anybody else."""
    collectivity = for_agents(actor).collectivity
    sums: dict[str, _Sum] = {}
    for row, scores in await counts.counts(session, collectivity, day_of(since), day_of(until)):
        kept = sums.setdefault(_code(row, by), _Sum())
        kept.scores.update(scores)
        kept.asked += row.asked
        kept.answered += row.answered
    counted = await counts.counted_until(session, collectivity)
    start = since if counted is None else max(since, counted)
    if start < until:
        for each in await surveys.figures(session, collectivity, by, start, until):
            sums.setdefault(each.code, _Sum()).scores.update(each.scores)
        for code, (asked, answered) in (await surveys.asked_of(session, collectivity, by, start, until)).items():
            kept = sums.setdefault(code, _Sum())
            kept.asked += asked
            kept.answered += answered
    return [
        Figure(code, dict(kept.scores), (kept.asked, kept.answered))
        for code, kept in sorted(sums.items())
        if kept.scores.total()
    ]


async def published_satisfaction(
    session: AsyncSession, collectivity: str, now: datetime
) -> list[tuple[str, str, Figure]]:
    """What anybody may know of three years: by type and month, where enough answered for nobody to be recognised.

    Of months that are counted, once and for all: what changed between two looks would tell what somebody said.
    """
    since, until = published_months(day_of(now))
    counted = await counts.counted_until(session, collectivity)
    if counted is None:
        return []
    sums: dict[tuple[str, str], Counter[int]] = {}
    for row, scores in await counts.counts(session, collectivity, day_of(since), day_of(min(until, counted))):
        sums.setdefault((_code(row, Figures.MONTH), row.type_code), Counter()).update(scores)
    found = [(code, month, Figure(code, dict(scores))) for (month, code), scores in sums.items()]
    return [each for each in found if each[2].told]


def _code(row: SatisfactionCount, by: Figures) -> str:
    codes = {Figures.TYPE: row.type_code, Figures.TEAM: row.team, Figures.MONTH: f"{row.month:%Y-%m}"}
    return codes[by]
