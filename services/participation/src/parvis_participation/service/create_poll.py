# SPDX-License-Identifier: EUPL-1.2
"""An agent prepares a poll."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.ids import uuid7
from parvis_participation.db import polls
from parvis_participation.db.tables import Poll as Row
from parvis_participation.domain.areas import check_areas
from parvis_participation.service.chain_acts import By, Chain
from parvis_participation.service.envelope import public_key


@dataclass(frozen=True, slots=True)
class CreatePoll:
    """What is voted on, by which rules, and who will count; texts by language, amounts as decimal strings."""

    collectivity: str
    title: dict[str, str]
    description: dict[str, str]
    options: list[dict[str, Any]]
    budgets: list[dict[str, Any]]
    rules: dict[str, Any]
    method: dict[str, Any]
    board_key: bytes
    board_members: int
    board_threshold: int
    eligibility: dict[str, Any]
    opens_at: datetime
    closes_at: datetime
    retention_days: int


async def create_poll(session: AsyncSession, command: CreatePoll, chain: Chain, by: By) -> Row:
    """A draft, in the caller's transaction.

    Raises BadPeriodError, RepeatedOptionError, AreaBudgetError, MethodError or BoardKeyError.
    """
    public_key(command.board_key)
    check_areas([budget["area"] for budget in command.budgets])
    row = Row(id=uuid7(), **asdict(command), version=1, created_at=by.at)
    polls.entity(row)
    session.add(row)
    await session.flush()
    await chain.add(session, row.collectivity, row.id, "created", by)
    return row
