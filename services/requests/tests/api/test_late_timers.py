# SPDX-License-Identifier: EUPL-1.2
"""Timers that ring late, where silence has decided meanwhile."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from requests_town import Town
from workflows import state, transition

from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.ring_timers import ring_timers

PERIOD = 30  # days
LEGAL = {
    "silence": "accepted",
    "days": PERIOD,
    "action": "grant-by-silence",
    "paused_in": ["incomplete"],
    "resume": "reset",
    "source": {"fr": "Article 1", "en": "Article 1"},
}


async def ring(town: Town, now: datetime) -> int:
    runtime = town.service.runtime
    return await ring_timers(runtime.database, Catalogues(runtime.database, 10), runtime.persons, now)


async def filed(town: Town, action: str, days: int) -> dict[str, Any]:
    """A request whose workflow does that by itself once so many days have gone by."""
    open_ = ["submitted", "incomplete"]
    workflow = {
        "initial": "submitted",
        "states": [state("submitted"), state("incomplete"), state("granted", final=True), state("dropped", final=True)],
        "transitions": [
            transition("grant-by-silence", open_, "granted", "system"),
            transition("wait", ["submitted"], "incomplete", "system"),
            transition("complete", ["incomplete"], "submitted", "author"),
            transition("drop", open_, "dropped", "system"),
        ],
        "timers": [{"code": "by-itself", "state": "submitted", "delay": {"days": days}, "action": action}],
    }
    await town.publish("timed-and-legal", workflow=workflow, legal=LEGAL)
    answer = await town.submit(town.service.citizen(), request_type="timed-and-legal", answers={})
    assert answer.status_code == 201, answer.text
    request: dict[str, Any] = answer.json()
    return request


async def history(town: Town, request: dict[str, Any]) -> list[str]:
    items = (await town.get(town.service.agent(), f"/v1/requests/{request['id']}/history")).json()["items"]
    return [item["action"]["code"] for item in items]


@pytest.mark.parametrize("action", ["drop", "wait"])
async def test_what_the_workflow_would_do_by_itself_undoes_no_silence(town: Town, action: str) -> None:
    request = await filed(town, action, PERIOD - 10)
    end = datetime.fromisoformat(request["legal"]["ends_at"])
    assert await ring(town, end + timedelta(days=3)) == 1
    assert await history(town, request) == ["submit", "grant-by-silence"]
    rows = await town.service.runtime.database.pool.fetch(
        "SELECT data FROM outbox WHERE type = 'fr.parvis.requests.request-decided.v1'"
    )
    assert [datetime.fromisoformat(json.loads(row["data"])["effective_at"]) for row in rows] == [end]
    assert await town.count("request_timer") == 0


async def test_a_silence_that_was_put_off_is_recorded_before_anything_else_happens(town: Town) -> None:
    request = await filed(town, "drop", PERIOD + 10)
    end = datetime.fromisoformat(request["legal"]["ends_at"])
    pool = town.service.runtime.database.pool
    await pool.execute("UPDATE request_timer SET next_at = $1 WHERE kind = 'legal-silence'", end + timedelta(days=20))
    await pool.execute("DELETE FROM request_timer WHERE kind = 'legal-alert'")
    assert await ring(town, end + timedelta(days=12)) == 1
    assert await history(town, request) == ["submit", "grant-by-silence"]


async def test_what_is_due_in_time_and_rung_in_time_is_done(town: Town) -> None:
    request = await filed(town, "wait", PERIOD - 10)
    end = datetime.fromisoformat(request["legal"]["ends_at"])
    assert await ring(town, end - timedelta(days=20)) == 0
    assert await ring(town, end - timedelta(seconds=1)) == 2  # the warning, then the pause
    assert await ring(town, end + timedelta(days=40)) == 0
    assert await history(town, request) == ["submit", "due-soon", "wait"]
