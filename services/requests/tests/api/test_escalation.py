# SPDX-License-Identifier: EUPL-1.2
"""What nobody takes, or is late, goes to the next level by itself: agents and systems know it, the person does not."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from requests_town import Town
from routing_calls import new_type, own_rules, say
from team_calls import team_of

from parvis_kit.messaging.outbox import event_of
from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.ring_timers import ring_timers
from parvis_testing import Caller


@pytest.fixture
async def ruled(town: Town) -> AsyncIterator[Town]:
    async with own_rules(town) as here:
        yield here


async def ring(town: Town, hours: float) -> int:
    runtime = town.service.runtime
    catalogues = Catalogues(runtime.database, 10)
    return await ring_timers(runtime.database, catalogues, runtime.persons, datetime.now(UTC) + timedelta(hours=hours))


async def file(town: Town, code: str, citizen: Caller | None = None) -> dict[str, Any]:
    answer = await town.submit(citizen or town.service.citizen(), request_type=code, answers={}, position=None)
    assert answer.status_code == 201, answer.text
    request: dict[str, Any] = answer.json()
    return request


async def read(town: Town, request: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await town.get(town.service.agent(), f"/v1/requests/{request['id']}")).json()
    return found


def level(team: str, hours: int, why: str = "not-taken", priority: str | None = None) -> dict[str, Any]:
    return {"why": why, "hours": hours, "team": team, "priority": priority}


async def test_what_nobody_takes_goes_up_level_by_level(ruled: Town) -> None:
    code, desk, head, chief = await new_type(ruled), *[await team_of(ruled) for _ in range(3)]
    levels = [level(head, 24, priority="high"), level(chief, 48, priority="urgent")]
    assert (await say(ruled, {"team": desk, "request_type": code, "escalate": levels})).status_code == 200
    citizen = ruled.service.citizen()
    waiting, taken = await file(ruled, code, citizen), await file(ruled, code)
    # What was promised at the filing holds, whatever the rules say since.
    await say(ruled, {"team": desk, "request_type": code})
    assert (await ruled.act(ruled.service.agent(), taken, "study", '"1"')).status_code == 201
    await ring(ruled, 23)
    assert (await read(ruled, waiting))["team"] == desk
    await ring(ruled, 25)
    await ring(ruled, 25)
    up = await read(ruled, waiting)
    assert (up["team"], up["priority"]["code"], up["version"]) == (head, "high", 2)
    await ring(ruled, 49)
    assert ((await read(ruled, waiting))["team"], (await read(ruled, taken))["team"]) == (chief, desk)
    path = f"/v1/requests/{waiting['id']}/history"
    acts = (await ruled.get(ruled.service.agent(), path)).json()["items"]
    assert [(act["action"]["code"], act["team"]["code"]) for act in acts[1:]] == [
        ("escalate", head),
        ("escalate", chief),
    ]
    told = (await ruled.get(citizen, path)).json()["items"]
    assert [act["action"]["code"] for act in told] == ["submit"]
    wanted = "SELECT * FROM outbox WHERE aggregate_id = $1 AND sequence > 1 ORDER BY sequence"
    events = [event_of(row) for row in await ruled.service.runtime.database.pool.fetch(wanted, waiting["id"])]
    assert [(each.data["action"], each.data["notify_author"]) for each in events] == [("escalate", False)] * 2


async def test_what_is_late_goes_up_and_what_was_put_off_or_has_ended_does_not(ruled: Town) -> None:
    promise = {"days": 1, "working": False}
    code, desk, head = await new_type(ruled, service_level=promise), await team_of(ruled), await team_of(ruled)
    await say(ruled, {"team": desk, "request_type": code, "escalate": [level(head, 2, "overdue")]})
    late, put_off, ended = [await file(ruled, code) for _ in range(3)]
    pool, week = ruled.service.runtime.database.pool, datetime.now(UTC) + timedelta(days=7)
    await pool.execute("UPDATE request SET due_at = $2 WHERE id = $1", put_off["id"], week)
    agent = ruled.service.agent(roles=["agent", "decider"])
    assert (await ruled.act(agent, late, "study", '"1"')).status_code == 201
    studied = await ruled.act(agent, ended, "study", '"1"')
    refused = await ruled.act(agent, ended, "refuse", studied.headers["etag"], reason="Non.")
    assert refused.status_code == 201, refused.text
    await ring(ruled, 24 * 3)
    assert [(await read(ruled, each))["team"] for each in (late, put_off, ended)] == [head, desk, desk]
    assert (await read(ruled, late))["assignee"] is None
    await ring(ruled, 24 * 8)
    assert (await read(ruled, put_off))["team"] == head


async def test_a_level_names_a_team_that_there_is(ruled: Town) -> None:
    desk = await team_of(ruled)
    answer = await say(ruled, {"team": desk, "escalate": [level("nobody", 1)]})
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/rules/0/escalate/0/team"]
    for wrong in ({"why": "bored"}, {"hours": 0}):
        assert (await say(ruled, {"team": desk, "escalate": [level(desk, 1) | wrong]})).status_code == 422
