# SPDX-License-Identifier: EUPL-1.2
"""A short way to let votes by name and consultations last longer, and to call votes off."""

from datetime import datetime
from typing import Any

import httpx
from budget_town import BudgetTown
from participation_town import Town

from parvis_testing import Caller

WHY = {"fr": "Le site était indisponible.", "en": "The site was away."}


async def change(
    budgeting: BudgetTown, agent: Caller, budget: dict[str, Any], until: datetime | None = None, votes: str = "kept"
) -> httpx.Response:
    wish = {"kind": "extend", "closes_at": until.isoformat()} if until else {"kind": "cancel", "votes": votes}
    path = f"/v1/budgets/{budget['id']}/changes"
    return await budgeting.client.post(path, json=wish | {"reason": WHY}, headers=budgeting.headers(agent))


async def changed(budgeting: BudgetTown, budget: dict[str, Any], *how: Any) -> None:
    for made in (False, True):
        answer = await change(budgeting, budgeting.service.agent(), budget, *how)
        assert (answer.status_code, answer.json()["made"]) == (201, made), answer.text


def close_of(budget: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(budget["phases"]["result_at"])


async def extend(town: Town, made: dict[str, Any], until: datetime) -> httpx.Response:
    body = {"closes_at": until.isoformat(), "reason": WHY}
    headers = town.headers(town.service.agent())
    return await town.client.post(f"/v1/consultations/{made['id']}/extensions", json=body, headers=headers)
