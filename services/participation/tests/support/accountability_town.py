# SPDX-License-Identifier: EUPL-1.2
"""A short way to say over the API what became of a proposal, and to follow it."""

import itertools
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from participation_town import Town

from parvis_kit.clocks import PARIS
from parvis_participation.domain.town_day import day_of
from parvis_participation.service.report_outcome import tell_milestones
from parvis_testing import Caller

TEXT = {"fr": "Les travaux commencent", "en": "Work begins"}
_keys = itertools.count()


def today(days: int = 0) -> str:
    return (day_of(datetime.now(UTC), PARIS) + timedelta(days=days)).isoformat()


async def report(
    town: Town, proposal: dict[str, Any], outcome: str, agent: Caller | None = None, **changes: Any
) -> httpx.Response:
    body = {"outcome": outcome, "title": TEXT, "details": TEXT, "reached_on": today()} | changes
    headers = (agent or town.service.agent()).headers | {"Idempotency-Key": f"milestone-{next(_keys)}"}
    return await town.client.post(f"/v1/proposals/{proposal['id']}/milestones", json=body, headers=headers)


async def follow(town: Town, who: Caller, proposal: dict[str, Any], method: str = "PUT") -> httpx.Response:
    return await town.client.request(method, f"/v1/proposals/{proposal['id']}/followers/mine", headers=who.headers)


async def told(town: Town) -> list[str]:
    """Whom the worker has had told of a milestone."""
    await tell_milestones(town.service.runtime.database, datetime.now(UTC))
    kind = "fr.parvis.participation.proposal-milestone-told.v1"
    rows = await town.service.runtime.database.pool.fetch("SELECT data FROM outbox WHERE type = $1", kind)
    return sorted(json.loads(row["data"])["follower"] for row in rows)
