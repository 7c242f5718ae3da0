# SPDX-License-Identifier: EUPL-1.2
"""A published vote, given again over the API: its projects in a budget of ours, its ballots by as many residents."""

import asyncio
from collections.abc import Iterable
from typing import Any

from budget_town import BudgetTown

from parvis_participation.domain.counting.election import Choice
from parvis_participation.domain.pabulib.numbers import written
from parvis_participation.domain.pabulib.scrutiny import Scrutiny

AT_ONCE = 8


def renamed(scrutiny: Scrutiny) -> dict[str, str]:
    """The number that each project of the file gets."""
    return {entry.project.code: str(number) for number, entry in enumerate(scrutiny.listed, 1)}


async def replayed(budgeting: BudgetTown, scrutiny: Scrutiny, choices: Iterable[Choice]) -> dict[str, Any]:
    """A budget with the file's projects and rules in which these ballots were cast."""
    rules, names = scrutiny.rules, renamed(scrutiny)
    budget = await budgeting.to_vote(
        *((written(entry.project.cost), None) for entry in scrutiny.listed),
        budgets=[{"area": None, "amount": written(scrutiny.budget)}],
        ballot={
            "kind": rules.kind,
            "least": rules.least,
            "most": rules.most,
            "points": rules.points,
            "points_each": rules.points_each,
        },
    )
    left = list(choices)

    async def residents() -> None:
        while left:
            points = {f"p{names[code]}": given for code, given in left.pop()}
            answer = await budgeting.vote(budgeting.voter(), budget, **points)
            assert answer.status_code == 201, answer.text

    await asyncio.gather(*(residents() for _ in range(AT_ONCE)))
    return budget
