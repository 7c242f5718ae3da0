# SPDX-License-Identifier: EUPL-1.2
"""At the close, count the votes of a participatory budget by its rule, and keep of each project what decided on it.

Each is counted in a process apart while no row is held. Who fails or takes too long rests, longer each time, and keeps
no other town's budget from its turn.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db.database import Database
from parvis_kit.logs import logger
from parvis_participation.db import budgets, urn, votes
from parvis_participation.db.tables import Budget as Row
from parvis_participation.domain.counting.election import Choice
from parvis_participation.domain.poll_count import CountFailedError, pause
from parvis_participation.service.count_apart import COUNTS, Counted, Vote, count_apart
from parvis_participation.service.freeze_budgets import definition, digest
from parvis_participation.service.settle_budget import settle_budget
from parvis_participation.service.town_acts import TownAct, add_act

_log = logger(__name__)
SECONDS: Final = 900.0
_READING: Final = 600
"""What it may take to read the votes of a whole city, or to write its result."""


@dataclass(frozen=True, slots=True)
class _Taken:
    """A budget that nobody else counts for a while; ``tries`` is how often it was taken."""

    id: UUID
    tries: int
    vote: Vote


async def count_budgets(database: Database, now: datetime, seconds: float = SECONDS) -> int:
    """Count each budget whose vote has closed, within so many seconds each; returns how many were."""
    counted = 0
    while (found := await _count_one(database, now, seconds)) is not None:
        counted += found
    return counted


async def _count_one(database: Database, now: datetime, seconds: float) -> bool | None:
    held = now + timedelta(seconds=seconds + 2 * _READING)
    async with database.unit_of_work() as uow:
        row = await budgets.to_count(uow.session, now)
        if row is None:
            return None
        taken = await _taken(uow.session, row)
        altered = digest(row) != row.digest
        await budgets.rest(uow.session, row.id, taken.tries, now + pause(taken.tries) if altered else held)
        await uow.commit()
    if altered:
        # Nobody voted on this; whoever reads the log finds out what became of the list that was frozen.
        _log.error("budget_altered", budget=str(taken.id))
        COUNTS.labels("budget", "altered").inc()
        return False
    try:
        counted = await count_apart(taken.vote, seconds=seconds)
    except CountFailedError as error:
        _log.error("budget_not_counted", budget=str(taken.id), tries=taken.tries, reason=str(error))
        COUNTS.labels("budget", "failed").inc()
        await _rest(database, taken, taken.tries, now + timedelta(seconds=seconds) + pause(taken.tries))
        return False
    except asyncio.CancelledError:  # this worker stops, for no fault of the budget's
        await _rest(database, taken, taken.tries - 1, now)
        raise
    return await _settle(database, taken, counted, now)


async def _taken(session: AsyncSession, row: Row) -> _Taken:
    await urn.take_time(session, _READING)
    choices = await votes.choices(session, row.id, ordered=budgets.entity(row).ordered)
    return _Taken(row.id, row.count_tries + 1, vote_of(row, choices))


def vote_of(row: Row, choices: Mapping[Choice, int]) -> Vote:
    """What is counted of a budget."""
    return Vote(row.options, row.budgets, row.rules, row.method, tie_seed(row), choices)


async def _settle(database: Database, taken: _Taken, counted: Counted, now: datetime) -> bool:
    """Write the result and tell it in one transaction, where the votes are still those that were counted."""
    async with database.unit_of_work() as uow:
        row = await budgets.counting(uow.session, taken.id, taken.tries)
        if row is None:
            return False
        await urn.take_time(uow.session, _READING)
        choices = await votes.choices(uow.session, row.id, ordered=budgets.entity(row).ordered)
        if vote_of(row, choices) != taken.vote:  # one that was on its way, or two accounts of one person: it goes again
            COUNTS.labels("budget", "changed").inc()
            await budgets.rest(uow.session, row.id, taken.tries - 1, now + pause(1))
            await uow.commit()
            return False
        row.tally = await votes.tally(uow.session, row.id)
        frozen = {
            "definition": definition(row),
            "tie_seed": tie_seed(row).decode(),
            "voters": sum(choices.values()),
        }
        await settle_budget(uow.session, row, frozen, counted.results, now)
        told = {"voters": frozen["voters"], "record": (row.record or {})["digest"]}
        counts = TownAct("budget-counted", {"budget_id": str(row.id)}, now, details=told)
        await add_act(uow.session, row.collectivity, counts)
        await uow.commit()
    COUNTS.labels("budget", "counted").inc()
    return True


async def _rest(database: Database, taken: _Taken, tries: int, until: datetime) -> None:
    async with database.unit_of_work() as uow:
        if await budgets.counting(uow.session, taken.id, taken.tries) is not None:
            await budgets.rest(uow.session, taken.id, tries, until)
            await uow.commit()


def tie_seed(row: Row) -> bytes:
    """What draws the order of even projects: the frozen list's digest, in hexadecimal as everybody reads it."""
    return (row.digest or b"").hex().encode()
