# SPDX-License-Identifier: EUPL-1.2
"""At the opening of the vote, freeze what is voted on, under a digest that everybody can read before they vote."""

from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db.database import Database
from parvis_kit.messaging import outbox
from parvis_kit.messaging.events import instant
from parvis_participation import budget_events
from parvis_participation.db import budgets, projects
from parvis_participation.db.tables import Budget as Row
from parvis_participation.db.tables import BudgetProject
from parvis_participation.domain.budget import DATED, Phase
from parvis_participation.service.chain_acts import Chain
from parvis_participation.service.seals import canonical
from parvis_participation.service.secret_vote import open_vote
from parvis_participation.service.town_acts import TownAct, add_act


async def freeze_budgets(database: Database, chain: Chain, now: datetime) -> int:
    """Freeze each budget whose vote has begun; returns how many. Each is frozen and told in one transaction."""
    frozen = 0
    while await _freeze_one(database, chain, now):
        frozen += 1
    return frozen


async def _freeze_one(database: Database, chain: Chain, now: datetime) -> bool:
    async with database.unit_of_work() as uow:
        row = await budgets.to_freeze(uow.session, now)
        if row is None:
            return False
        await freeze(uow.session, row, chain, now)
        await uow.commit()
    return True


async def freeze(session: AsyncSession, row: Row, chain: Chain, now: datetime) -> None:
    """Number the feasible projects in the order of their deposit, and freeze them, in the caller's transaction.

    Where the vote is secret its poll is published with them, and its digest is the budget's.
    """
    listed = await projects.feasible(session, row.id)
    for number, project in enumerate(listed, 1):
        project.number = number
    row.options = [_option(project) for project in listed]
    row.digest = await open_vote(session, row, chain, now) if row.secret else digest(row)
    await session.flush()
    after = budgets.entity(row).frozen(now)
    await budgets.save(session, after)
    await outbox.add(session, budget_events.vote_opened(after, now))
    told = {"options": len(listed), "sha256": row.digest.hex()}
    await add_act(session, row.collectivity, TownAct("vote-opened", {"budget_id": str(row.id)}, now, details=told))


def _option(project: BudgetProject) -> dict[str, Any]:
    return {
        "code": str(project.number),
        "label": {"fr": project.title, "en": project.title},
        "cost": project.cost,
        "area": project.area,
        "project_id": str(project.id),
    }


def definition(row: Row) -> dict[str, Any]:
    """Everything that the opening of the vote freezes."""
    return {
        "id": str(row.id),
        "collectivity": row.collectivity,
        "title": row.title,
        "description": row.description,
        "phases": {phase: instant(at) for phase, at in _announced(row).items()},
        "budgets": row.budgets,
        "rules": row.rules,
        "method": row.method,
        "live": row.live,
        "changeable": row.changeable,
        "options": row.options,
    }


def digest(row: Row) -> bytes:
    """The SHA-256 of the frozen definition: published when the vote opens, and the seed of the tie order."""
    return sha256(canonical(definition(row))).digest()


def _announced(row: Row) -> dict[str, datetime]:
    # Letting a vote last longer is an act of its own, as of polls.
    starts: dict[str, datetime] = {phase: getattr(row, f"{phase}_at") for phase in DATED}
    return starts | {Phase.RESULT: row.announced_result_at or row.result_at}
