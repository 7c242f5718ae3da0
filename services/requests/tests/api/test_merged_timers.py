# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime, timedelta
from typing import Any

from requests_town import STUDIED, Town

from parvis_requests.service.catalogue import Catalogues
from parvis_requests.service.ring_timers import ring_timers
from parvis_testing import Caller

WHY = "Il manque une photo."


async def ring(town: Town, now: datetime) -> int:
    runtime = town.service.runtime
    return await ring_timers(runtime.database, Catalogues(runtime.database, 10), runtime.persons, now)


async def merged(town: Town, agent: Caller, citizen: Caller) -> tuple[dict[str, Any], dict[str, Any]]:
    """A parent that waits, and a child that was brought along into the same state."""
    parent, child = [(await town.submit(citizen, request_type=STUDIED)).json() for _ in range(2)]
    headers = agent.headers | {"Idempotency-Key": town.key(), "If-Match": '"1"'}
    await town.client.post(f"/v1/requests/{child['id']}/merge", json={"parent": parent["id"]}, headers=headers)
    for action, more in (("study", {}), ("ask", {"reason": WHY})):
        read = await town.get(agent, f"/v1/requests/{parent['id']}")
        acted = await town.act(agent, parent, action, read.headers["etag"], **more)
        assert acted.status_code == 201, acted.text
    return parent, child


async def status(town: Town, citizen: Caller, request: dict[str, Any]) -> str:
    return str((await town.get(citizen, f"/v1/requests/{request['id']}")).json()["status"]["code"])


async def test_a_merged_request_has_no_timers_of_its_own_until_it_goes_its_own_way(town: Town) -> None:
    agent, citizen = town.service.agent(), town.service.citizen()
    parent, child = await merged(town, agent, citizen)
    timed = await town.service.runtime.database.pool.fetch("SELECT request_id FROM request_timer")
    assert [str(row["request_id"]) for row in timed] == [parent["id"]]
    tag = (await town.get(agent, f"/v1/requests/{child['id']}")).headers["etag"]
    headers = agent.headers | {"Idempotency-Key": town.key(), "If-Match": tag}
    apart = await town.client.post(f"/v1/requests/{child['id']}/unmerge", headers=headers)
    assert (apart.status_code, apart.json()["status"]["code"]) == (201, "waiting")
    tag = (await town.get(citizen, f"/v1/requests/{parent['id']}")).headers["etag"]
    assert (await town.act(citizen, parent, "complete", tag)).status_code == 201
    assert await ring(town, datetime.now(UTC) + timedelta(days=29)) == 0
    assert await ring(town, datetime.now(UTC) + timedelta(days=32)) == 1
    assert [await status(town, citizen, each) for each in (parent, child)] == ["studied", "dropped"]


async def test_a_timer_left_over_from_before_a_merge_moves_nothing(town: Town) -> None:
    agent, citizen = town.service.agent(), town.service.citizen()
    parent, child = await merged(town, agent, citizen)
    left = "UPDATE request_timer SET request_id = $1 WHERE request_id = $2"
    await town.service.runtime.database.pool.execute(left, child["id"], parent["id"])
    await ring(town, datetime.now(UTC) + timedelta(days=32))
    assert [await status(town, citizen, each) for each in (parent, child)] == ["waiting", "waiting"]
    assert await town.count("request_timer") == 0
