# SPDX-License-Identifier: EUPL-1.2
"""Count how people were served once for each month, when no survey of it can be answered any more.

Figures that were counted anew each time would tell, by what changed since the last look, what somebody said whose
request was destroyed meanwhile; and a town's past would change with each. A kill leaves a month whole or uncounted.
"""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db.database import Database
from parvis_kit.logs import logger
from parvis_requests.db import satisfaction_counts as counts
from parvis_requests.db.tables import Request as Row
from parvis_requests.domain.calendar import day_of
from parvis_requests.domain.survey import countable_until, month_of, next_month

_log = logger(__name__)


async def count_months(database: Database, now: datetime) -> int:
    """Count what is over of each collectivity, each month in a transaction of its own; returns how many months.

    One that fails holds up its own collectivity alone, and is tried again at the next round.
    """
    until = countable_until(day_of(now))
    async with database.reading() as session:
        waiting = await counts.to_count(session, until)
    done = 0
    for collectivity, begun in waiting:
        try:
            done += await _count(database, collectivity, begun, until)
        except Exception as error:  # noqa: BLE001 - tried again at the next round, whatever it was
            _log.warning("satisfaction_not_counted", collectivity=collectivity, error=type(error).__name__)
    return done


async def _count(database: Database, collectivity: str, begun: datetime | None, until: datetime) -> int:
    done = 0
    async with database.reading() as session:
        first = begun or await counts.first(session, collectivity)
    since = None if first is None else month_of(first)
    while since is not None and since < until:
        end = next_month(since)
        async with database.unit_of_work() as uow:
            if not await counts.count(uow.session, collectivity, day_of(since), since, end):
                return done
            await uow.commit()
        done, since = done + 1, end
    return done


async def count_what_goes(session: AsyncSession, row: Row) -> None:
    """Take what was asked and said about a request that is destroyed, and count it where its month is yet to come."""
    answer = await counts.take_answer(session, row.id)
    asked_at = await counts.take_survey(session, row.id)
    until = await counts.counted_until(session, row.collectivity)
    going: dict[datetime, dict[str, int]] = {}
    if answer is not None:
        score, at = answer
        going.setdefault(month_of(at), {})[f"score_{score}"] = 1
    if asked_at is not None:
        going.setdefault(month_of(asked_at), {}).update(asked=1, answered=int(answer is not None))
    for month in sorted(going):
        if until is None or month >= until:
            await counts.add(session, row.collectivity, day_of(month), (row.type_code, row.team), going[month])
