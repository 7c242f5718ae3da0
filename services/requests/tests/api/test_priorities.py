# SPDX-License-Identifier: EUPL-1.2
"""How pressing a request is: by its type, as agents say, one by one or many at once; the queue is filtered by it."""

from typing import Any

import httpx
import pytest
from bulk_calls import outcomes, start, work
from requests_town import Town
from team_calls import new_code

from parvis_testing import Caller


async def say(town: Town, caller: Caller, request: dict[str, Any], priority: str, tag: str = '"1"') -> httpx.Response:
    headers = caller.headers | {"Idempotency-Key": town.key(), "If-Match": tag}
    body = {"priority": priority}
    return await town.client.post(f"/v1/requests/{request['id']}/priority", json=body, headers=headers)


async def queued(town: Town, caller: Caller, query: str) -> dict[str, str]:
    answer = await town.get(caller, f"/v1/work-queue?{query}", **{"Accept-Language": "en"})
    assert answer.status_code == 200, answer.text
    return {item["id"]: item["priority"]["label"] for item in answer.json()["items"]}


async def test_a_type_says_how_pressing_its_requests_are_at_first(town: Town) -> None:
    agent, citizen, code = town.service.agent(), town.service.citizen(), new_code()
    await town.publish(code, priority="urgent")
    pressing = (await town.submit(citizen, request_type=code, answers={}, position=None)).json()
    usual = (await town.submit(citizen)).json()
    assert await queued(town, agent, "") == {pressing["id"]: "Urgent", usual["id"]: "Normal"}
    assert await queued(town, agent, "priority=high&priority=urgent") == {pressing["id"]: "Urgent"}
    assert await queued(town, agent, "priority=normal&priority=urgent&sort=created_at") == {
        pressing["id"]: "Urgent", usual["id"]: "Normal"
    }  # fmt: skip
    assert await queued(town, agent, "priority=low") == {}
    counts = (await town.get(agent, "/v1/work-queue?priority=urgent&count=exact")).json()["counts"]
    assert counts["total"] == 1


async def test_an_agent_says_it_anew_and_agents_alone_are_told(town: Town) -> None:
    agent, citizen = town.service.agent(), town.service.citizen()
    request = (await town.submit(citizen)).json()
    said = await say(town, agent, request, "high")
    assert said.status_code == 201, said.text
    assert (said.json()["priority"], said.json()["version"]) == ({"code": "high", "label": "Haute"}, 2)
    assert await queued(town, agent, "priority=high") == {request["id"]: "High"}
    path = f"/v1/requests/{request['id']}"
    acts = (await town.get(agent, f"{path}/history")).json()["items"]
    assert [(act["action"]["code"], act["priority"] and act["priority"]["code"]) for act in acts] == [
        ("submit", None), ("priority", "high")
    ]  # fmt: skip
    assert (await town.get(citizen, path)).json()["priority"] is None
    told = (await town.get(citizen, f"{path}/history")).json()["items"]
    assert [act["action"]["code"] for act in told] == ["submit"]
    outbox = "SELECT count(*) FROM outbox WHERE type LIKE '%status-changed%'"
    assert await town.service.runtime.database.pool.fetchval(outbox) == 0
    # What follows keeps it.
    taken = await town.act(agent, request, "take", said.headers["etag"])
    assert taken.json()["priority"]["code"] == "high"


async def test_what_cannot_be_is_refused(town: Town) -> None:
    agent, citizen = town.service.agent(), town.service.citizen()
    request = (await town.submit(citizen)).json()
    assert (await say(town, citizen, request, "urgent")).status_code == 403
    assert (await say(town, town.service.agent("lutece"), request, "urgent")).status_code == 404
    assert (await say(town, agent, request, "urgent", '"7"')).status_code == 412
    assert (await say(town, agent, request, "extreme")).status_code == 422
    taken = await town.act(agent, request, "take", '"1"')
    await town.act(agent, request, "resolve", taken.headers["etag"])
    ended = await say(town, agent, request, "urgent", '"3"')
    assert (ended.status_code, ended.json()["code"]) == (409, "transition-not-allowed")


async def test_many_get_another_priority_at_once(town: Town) -> None:
    agent, citizen = town.service.agent(), town.service.citizen()
    first, second = [(await town.submit(citizen)).json() for _ in range(2)]
    started = await start(town, agent, first, {**second, "version": 5}, action=None, priority="low")
    assert (started.status_code, started.json()["action"]) == (202, "priority")
    assert await work(town) == 2
    expected = [("done", None), ("refused", "precondition-failed")]
    assert await outcomes(town, agent, started.headers["location"]) == expected
    assert await queued(town, agent, "priority=low") == {first["id"]: "Low"}
    assert set(await queued(town, agent, "priority=low&priority=high&priority=urgent")) == {first["id"]}
    assert set(await queued(town, agent, "priority=low&priority=normal")) == {first["id"], second["id"]}


@pytest.mark.parametrize("more", [{"priority": "low"}, {"priority": "low", "assignment": {}, "action": None}])
async def test_a_bulk_operation_does_nothing_besides(town: Town, more: dict[str, Any]) -> None:
    request = (await town.submit(town.service.citizen())).json()
    answer = await start(town, town.service.agent(), request, **more)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/priority")
