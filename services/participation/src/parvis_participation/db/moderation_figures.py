# SPDX-License-Identifier: EUPL-1.2
"""What moderation adds up to (article 24 of regulation (EU) 2022/2065): numbers alone, of nobody."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

# All of it is about the cases that were opened in the period, so that the numbers add up.
_FIGURES: Final = text("""
WITH opened AS (
    SELECT id, created_at, CASE WHEN comment_id IS NOT NULL THEN 'comment' WHEN proposal_id IS NOT NULL THEN 'proposal'
        WHEN statement_id IS NOT NULL THEN 'statement' WHEN photo_id IS NOT NULL THEN 'photo'
        WHEN amendment_id IS NOT NULL THEN 'amendment' WHEN petition_id IS NOT NULL THEN 'petition'
        WHEN amendment_answer_id IS NOT NULL THEN 'amendment-answer' ELSE 'project' END AS kind FROM moderation_case
    WHERE collectivity = :collectivity AND created_at >= :begin AND created_at < :end
), first AS (
    SELECT d.case_id, o.kind, d.outcome, d.ground, d.created_at - o.created_at AS took
    FROM opened o JOIN moderation_decision d ON d.case_id = o.id AND d.round = 1
), second AS (
    SELECT d.outcome <> f.outcome AS reversed
    FROM first f JOIN moderation_decision d ON d.case_id = f.case_id AND d.round = 2
)
SELECT (SELECT count(*) FROM opened) AS cases,
    (SELECT coalesce(jsonb_object_agg(kind, n), '{}') FROM (
        SELECT kind, count(*) AS n FROM opened GROUP BY 1) k) AS cases_by_kind,
    (SELECT coalesce(jsonb_object_agg(kind, n), '{}') FROM (
        SELECT kind, count(*) AS n FROM first WHERE outcome = 'removed' GROUP BY 1) k) AS removed_by_kind,
    (SELECT coalesce(jsonb_object_agg(category, n), '{}') FROM (
        SELECT r.category, count(*) AS n FROM opened o JOIN moderation_report r ON r.case_id = o.id GROUP BY 1) c
    ) AS reports,
    (SELECT count(*) FROM first WHERE outcome = 'kept') AS kept,
    (SELECT coalesce(jsonb_object_agg(ground, n), '{}') FROM (
        SELECT ground, count(*) AS n FROM first WHERE outcome = 'removed' GROUP BY 1) g) AS removed,
    (SELECT count(*) FROM opened o JOIN moderation_appeal a ON a.case_id = o.id) AS appeals,
    (SELECT count(*) FROM second) AS appeals_decided,
    (SELECT count(*) FROM second WHERE reversed) AS reversed,
    (SELECT extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY took)) FROM first) AS median_seconds
""")


@dataclass(frozen=True, slots=True)
class Figures:
    """Of the cases opened in a period: by kind of content, category of report, ground of removal, and of appeals."""

    cases: int
    cases_by_kind: dict[str, int]
    removed_by_kind: dict[str, int]
    reports: dict[str, int]
    kept: int
    removed: dict[str, int]
    appeals: int
    appeals_decided: int
    reversed: int
    median_seconds: float | None


async def figures(session: AsyncSession, collectivity: str, begin: datetime, end: datetime) -> Figures:
    """The numbers of that period, whose end is not part of it."""
    asked = {"collectivity": collectivity, "begin": begin, "end": end}
    row: dict[str, Any] = dict((await session.execute(_FIGURES, asked)).mappings().one())
    median = row.pop("median_seconds")
    return Figures(**row, median_seconds=None if median is None else float(median))
