# SPDX-License-Identifier: EUPL-1.2
"""Once a participatory budget's ballots are counted, keep its record and say of each project what became of it."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging import outbox
from parvis_kit.messaging.events import instant
from parvis_participation import budget_events
from parvis_participation.db import budgets, projects
from parvis_participation.db.tables import Budget, Poll
from parvis_participation.domain.counting.election import Choice
from parvis_participation.domain.counting.outcome import Result
from parvis_participation.service.publish_poll import definition as poll_definition
from parvis_participation.service.publish_poll import digest as poll_digest
from parvis_participation.service.result_record import result_record
from parvis_participation.service.seals import canonical

Results = Mapping[str | None, Result]


async def settle_budget(
    session: AsyncSession, row: Budget, frozen: Mapping[str, Any], results: Results, now: datetime
) -> None:
    """Write the result and tell it, in the caller's transaction.

    ``frozen`` has the record's ``definition``, ``tie_seed`` and ``voters``. Raises PhaseError where the vote has not
    closed, or was counted.
    """
    after = budgets.entity(row).counted(now)
    told = {"results": [result_record(area, result) for area, result in results.items()]}
    record = {**frozen, **told, "closed_at": instant(row.result_at)}
    row.record = record | {"digest": sha256(canonical(record)).hexdigest()}
    await projects.settle(session, row.id, [code for result in results.values() for code in result.chosen])
    await session.flush()
    await budgets.save(session, after)
    await outbox.add(session, budget_events.budget_counted(after, now))


async def settle_secret(
    session: AsyncSession, poll: Poll, ballots: Mapping[Choice, int], results: Results, voters: int, now: datetime
) -> None:
    """Let the result of a poll be that of the budget which it belongs to, if any, in the caller's transaction."""
    if not poll.of_budget:
        return
    row = await budgets.one(session, poll.collectivity, poll.id, lock=True)
    votes: dict[str, int] = {}
    for choice, times in ballots.items():
        for code, _ in choice:
            votes[code] = votes.get(code, 0) + times
    row.tally = {"cast": voters, "votes": votes}
    # Money for which there was no project is no part of the poll, and is told all the same.
    money = budgets.entity(row).budgets
    whole = {area: results.get(area) or Result((), amount, 0) for area, amount in money.items()}
    frozen = {"definition": poll_definition(poll), "tie_seed": poll_digest(poll).hex(), "voters": voters}
    await settle_budget(session, row, frozen, whole, now)
