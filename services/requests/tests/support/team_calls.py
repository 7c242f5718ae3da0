# SPDX-License-Identifier: EUPL-1.2
"""A short way to do over the API what tests do with teams."""

import itertools
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from requests_town import Town

from parvis_testing import Caller

_codes = itertools.count()


def new_code() -> str:
    """A code that no other test uses: teams stay with the catalogue."""
    return f"equipe-{next(_codes)}"


async def known(town: Town, *agents: Caller, collectivity: str = "paris") -> None:
    """These agents as the service learns of them when they register."""
    rows = [(collectivity, UUID(agent.subject)) for agent in agents]
    await town.service.runtime.database.pool.executemany(
        "INSERT INTO known_agent (collectivity, person) VALUES ($1, $2) ON CONFLICT DO NOTHING", rows
    )


def away(deputy: Caller | None = None, *, since: int = -1, until: int = 7) -> dict[str, Any]:
    """An absence, from so many days from now until so many."""
    now = datetime.now(UTC).replace(microsecond=0)
    start, end = (f"{now + timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}" for days in (since, until))
    return {"starts_at": start, "ends_at": end, "deputy": deputy.subject if deputy else None}


def member(agent: Caller, *absences: dict[str, Any]) -> dict[str, Any]:
    return {"agent": agent.subject, "absences": list(absences)}


async def make(town: Town, code: str, *members: dict[str, Any], caller: Caller | None = None) -> httpx.Response:
    headers = (caller or town.administrator()).headers | {"Idempotency-Key": town.key()}
    body = {"code": code, "name": {"fr": f"Équipe {code}", "en": f"Team {code}"}, "members": list(members)}
    return await town.client.post("/v1/teams", json=body, headers=headers)


async def team_of(town: Town, *members: dict[str, Any] | Caller) -> str:
    """The code of a new team of these agents, who are made known."""
    written = [each if isinstance(each, dict) else member(each) for each in members]
    rows = [("paris", UUID(each["agent"])) for each in written]
    await town.service.runtime.database.pool.executemany(
        "INSERT INTO known_agent (collectivity, person) VALUES ($1, $2) ON CONFLICT DO NOTHING", rows
    )
    code = new_code()
    answer = await make(town, code, *written)
    assert answer.status_code == 201, answer.text
    return code


async def alerts(town: Town, request: dict[str, Any]) -> list[tuple[str, str]]:
    """What agents were alerted to, and which."""
    rows = await town.service.runtime.database.pool.fetch(
        "SELECT data FROM outbox WHERE type = 'fr.parvis.requests.agent-alerted.v1'"
        " AND data::jsonb ->> 'request_id' = $1 ORDER BY occurred_at, id",
        request["id"],
    )
    return [(data["alert"], data["agent"]) for data in (json.loads(row["data"]) for row in rows)]
