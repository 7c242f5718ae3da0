# SPDX-License-Identifier: EUPL-1.2
"""At the close, count the votes of a participatory budget by its rule, and keep of each project what decided on it."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db.database import Database
from parvis_kit.logs import logger
from parvis_participation.db import budgets, urn, votes
from parvis_participation.db.tables import Budget as Row
from parvis_participation.domain.budget import Budget
from parvis_participation.domain.counting.count import count, envelopes
from parvis_participation.domain.counting.election import Choice
from parvis_participation.domain.counting.outcome import Result
from parvis_participation.service.freeze_budgets import definition, digest
from parvis_participation.service.settle_budget import settle_budget

_log = logger(__name__)
_SECONDS: Final = 600
"""What the count of a whole city may take."""


async def count_budgets(database: Database, now: datetime) -> int:
    """Count each budget whose vote has closed; returns how many. Each is counted and told in one transaction."""
    counted, altered = 0, list[UUID]()
    while (found := await _count_one(database, now, altered)) is not None:
        counted += found
    return counted


async def _count_one(database: Database, now: datetime, altered: list[UUID]) -> bool | None:
    async with database.unit_of_work() as uow:
        row = await budgets.to_count(uow.session, now, altered)
        if row is None:
            return None
        if digest(row) != row.digest:
            # Nobody voted on this; whoever reads the log finds out what became of the list that was frozen.
            _log.error("budget_altered", budget=str(row.id))
            altered.append(row.id)
            return False
        await urn.take_time(uow.session, _SECONDS)
        await _settle(uow.session, row, now)
        await uow.commit()
    return True


async def _settle(session: AsyncSession, row: Row, now: datetime) -> None:
    budget = budgets.entity(row)
    choices = await votes.choices(session, row.id, ordered=budget.ordered)
    results = await asyncio.to_thread(results_of, budget, choices, tie_seed(row))
    row.tally = await votes.tally(session, row.id)
    frozen = {
        "definition": definition(row),
        "tie_seed": tie_seed(row).decode(),
        "voters": sum(choices.values()),
    }
    await settle_budget(session, row, frozen, results, now)


def tie_seed(row: Row) -> bytes:
    """What draws the order of even projects: the frozen list's digest, in hexadecimal as everybody reads it."""
    return (row.digest or b"").hex().encode()


def results_of(budget: Budget, choices: Mapping[Choice, int], seed: bytes) -> dict[str | None, Result]:
    """The result of each area, and of the whole city; where there is nothing to choose, nothing is."""
    return {
        area: count(election, budget.method, seed) if election.projects else Result((), election.budget, 0)
        for area, election in envelopes(budget.projects, budget.budgets, choices).items()
    }
