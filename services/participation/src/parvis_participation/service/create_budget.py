# SPDX-License-Identifier: EUPL-1.2
"""An agent prepares a participatory budget."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_participation.db import budgets
from parvis_participation.db.tables import Budget as Row
from parvis_participation.domain.areas import check_areas
from parvis_participation.service.chain_acts import By, Chain
from parvis_participation.service.secret_vote import Board, prepare_vote, secret_of


@dataclass(frozen=True, slots=True)
class CreateBudget:
    """What can be spent, when each phase begins and by which rules is voted; amounts as decimal strings."""

    collectivity: str
    title: dict[str, str]
    description: dict[str, str]
    budgets: list[dict[str, Any]]
    rules: dict[str, Any]
    method: dict[str, Any]
    live: bool
    changeable: bool
    board: Board | None
    eligibility: dict[str, Any] | None
    call_at: datetime
    deposit_at: datetime
    analysis_at: datetime
    vote_at: datetime
    result_at: datetime
    realisation_at: datetime
    retention_days: int


async def create_budget(session: AsyncSession, command: CreateBudget, chain: Chain, by: By) -> Row:
    """A draft, with that of its poll where the vote is secret, in the caller's transaction.

    Raises PhasesError, AreaBudgetError, LimitsError, MethodError, ConditionsError, SecretForGoodError, BoardKeyError or
    BoardSizeError.
    """
    check_areas([budget["area"] for budget in command.budgets])
    secret = secret_of(command.board, command.eligibility, live=command.live, changeable=command.changeable)
    given = {name: value for name, value in asdict(command).items() if name not in {"board", "eligibility"}}
    row = Row(id=uuid7(), **given, secret=secret, options=[], version=1, created_at=by.at)
    budgets.entity(row)
    session.add(row)
    await session.flush()
    await prepare_vote(session, row, chain, by)
    return row
