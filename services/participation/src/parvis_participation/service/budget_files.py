# SPDX-License-Identifier: EUPL-1.2
"""The plain files of a counted participatory budget, from which anybody can count it again."""

import json
from enum import StrEnum
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_participation.db import budgets, polls, votes
from parvis_participation.db.tables import Budget as Row
from parvis_participation.domain.counting.election import Choice
from parvis_participation.domain.errors import BudgetNotCountedError, NotFoundError
from parvis_participation.service.count_budgets import elections_of
from parvis_participation.service.seals import canonical
from parvis_participation.service.vote_files import ballots_pb, result_table


class BudgetFile(StrEnum):
    """The files of a participatory budget."""

    RECORD = "record.json"
    RESULT = "result.csv"
    BALLOTS = "ballots.pb"


async def budget_file(
    session: AsyncSession, collectivity: str, budget_id: UUID, file: BudgetFile, area: str | None
) -> str:
    """The text of a file; that of the ballots is for one area's money, or without area for the whole city's.

    Raises NotFoundError, or BudgetNotCountedError before the count.
    """
    row = await budgets.one(session, collectivity, budget_id)
    if row.record is None:
        raise BudgetNotCountedError
    match file:
        case BudgetFile.RECORD:
            return canonical(row.record).decode() + "\n"
        case BudgetFile.RESULT:
            return result_table(row.record)
        case BudgetFile.BALLOTS:
            return await _ballots(session, row, area)


async def _ballots(session: AsyncSession, row: Row, area: str | None) -> str:
    budget = budgets.entity(row)
    elections = elections_of(budget, await _choices(session, row, ordered=budget.ordered))
    if area not in elections:
        raise NotFoundError
    return ballots_pb(row, (row.vote_at, row.result_at), area, elections[area], budget.rules)


async def _choices(session: AsyncSession, row: Row, *, ordered: bool) -> dict[Choice, int]:
    if row.secret is None:
        return await votes.choices(session, row.id, ordered=ordered)
    opened = await polls.choices(session, row.id)
    return {votes.choice_of(json.loads(choice.choice)): choice.times for choice in opened}
