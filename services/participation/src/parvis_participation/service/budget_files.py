# SPDX-License-Identifier: EUPL-1.2
"""The plain files of a counted participatory budget, from which anybody can count it again."""

import json
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.db import budgets, polls, votes
from parvis_participation.db.tables import Budget as Row
from parvis_participation.domain.budget import Budget
from parvis_participation.domain.counting.count import envelopes
from parvis_participation.domain.counting.election import Choice
from parvis_participation.domain.errors import BudgetNotCountedError, NotFoundError
from parvis_participation.service.vote_files import ballots_pb, record_file, result_table


class BudgetFile(StrEnum):
    """The files of a participatory budget."""

    RECORD = "record.json"
    RESULT = "result.csv"
    BALLOTS = "ballots.pb"


async def budget_file(
    session: AsyncSession, collectivity: str, budget_id: UUID, file: BudgetFile, area: str | None
) -> Callable[[], str]:
    """What writes the text of a file; that of the ballots is for one area's money, or without area for the city's.

    To be called in a thread, once the session is given back: a large vote takes a second, and anybody asks for it.
    Raises NotFoundError, or BudgetNotCountedError before the count.
    """
    row = await budgets.one(session, collectivity, budget_id)
    if row.record is None:
        raise BudgetNotCountedError
    match file:
        case BudgetFile.RECORD:
            return partial(record_file, row.record)
        case BudgetFile.RESULT:
            return partial(result_table, row.record)
        case BudgetFile.BALLOTS:
            budget = budgets.entity(row)
            if area not in budget.budgets:
                raise NotFoundError
            return partial(_ballots, row, budget, area, await _choices(session, row, ordered=budget.ordered))


def _ballots(row: Row, budget: Budget, area: str | None, choices: Mapping[Choice, int]) -> str:
    (election,) = envelopes(budget.projects, {area: budget.budgets[area]}, choices).values()
    return ballots_pb(row, (row.vote_at, row.result_at), area, election, budget.rules)


async def _choices(session: AsyncSession, row: Row, *, ordered: bool) -> dict[Choice, int]:
    if row.secret is None:
        return await votes.choices(session, row.id, ordered=ordered)
    opened = await polls.choices(session, row.id)
    return {votes.choice_of(json.loads(choice.choice)): choice.times for choice in opened}
