# SPDX-License-Identifier: EUPL-1.2
import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from bulk_calls import outcomes, start, work
from requests_town import Town

from parvis_requests.service.work_off_bulk import forget_bulk
from parvis_requests.worker import work_off_regularly


class KilledError(BaseException):
    """The process dies here."""


def die(_: str) -> None:
    raise KilledError


async def filed(town: Town, number: int) -> list[dict[str, Any]]:
    return [(await town.submit(town.service.citizen())).json() for _ in range(number)]


async def test_each_request_is_done_or_refused_by_itself(town: Town) -> None:
    agent = town.service.agent()
    first, second, third, fourth = await filed(town, 4)
    elsewhere = (await town.submit(town.service.citizen("lutece"))).json()
    await town.act(agent, second, "take", '"1"')
    await town.act(agent, third, "take", '"1"')
    started = await start(
        town, agent, first, second, {**third, "version": 2}, elsewhere, {**fourth, "id": str(uuid4())}
    )
    assert started.status_code == 202
    body = started.json()
    assert (body["state"], body["total"], body["done"], body["finished_at"]) == ("running", 5, 0, None)
    assert await work(town) == 5
    done = (await town.get(agent, started.headers["location"])).json()
    assert (done["state"], done["done"], done["refused"]) == ("finished", 1, 4)
    assert done["finished_at"] is not None
    assert await outcomes(town, agent, started.headers["location"]) == [
        ("done", None),
        ("refused", "precondition-failed"),
        ("refused", "transition-not-allowed"),
        ("refused", "not-found"),
        ("refused", "not-found"),
    ]
    taken = (await town.get(agent, f"/v1/requests/{first['id']}")).json()
    assert (taken["status"]["code"], taken["assignee"]) == ("taken", agent.subject)


async def test_a_reason_is_told_to_each_person_and_lies_sealed_until_then(town: Town) -> None:
    agent, citizen = town.service.agent(), town.service.citizen()
    request = (await town.submit(citizen)).json()
    await start(town, agent, request, reason="Passage mardi.")
    stored = await town.service.runtime.database.pool.fetchval("SELECT reason FROM bulk_operation")
    assert b"mardi" not in bytes(stored)
    await work(town)
    (message,) = (await town.get(citizen, f"/v1/requests/{request['id']}/messages")).json()["items"]
    assert message["text"] == "Passage mardi."


async def test_a_worker_that_dies_before_its_commit_leaves_nothing_done_twice_or_never(town: Town) -> None:
    agent = town.service.agent()
    requests = await filed(town, 3)
    started = await start(town, agent, *requests)
    for _ in range(2):
        with pytest.raises(KilledError):
            await work(town, pause_at=die)
    assert (await town.get(agent, started.headers["location"])).json()["done"] == 0
    assert await work(town) == 3
    pool = town.service.runtime.database.pool
    assert await pool.fetchval("SELECT count(*) FROM history_entry WHERE action = 'take'") == 3
    assert await pool.fetchval("SELECT count(*) FROM outbox WHERE type LIKE '%request-taken%'") == 3


async def test_its_agent_sees_how_far_it_is_while_it_goes_on(town: Town) -> None:
    agent = town.service.agent()
    first, second, third = await filed(town, 3)
    await town.act(agent, second, "take", '"1"')
    started = await start(town, agent, first, second, third)
    acted = 0

    def die_at_the_last(stage: str) -> None:
        nonlocal acted
        acted += 1
        if acted > 2:
            die(stage)

    with pytest.raises(KilledError):
        await work(town, pause_at=die_at_the_last)
    half = (await town.get(agent, started.headers["location"])).json()
    assert (half["state"], half["total"], half["done"], half["refused"]) == ("running", 3, 1, 1)
    assert await outcomes(town, agent, started.headers["location"]) == [
        ("done", None),
        ("refused", "precondition-failed"),
        ("waiting", None),
    ]
    assert half["finished_at"] is None


async def test_two_workers_share_the_items(town: Town) -> None:
    agent = town.service.agent()
    started = await start(town, agent, *await filed(town, 8))
    assert sum(await asyncio.gather(work(town), work(town))) == 8
    assert await outcomes(town, agent, started.headers["location"]) == [("done", None)] * 8


async def test_the_worker_works_them_off_by_itself(town: Town) -> None:
    agent = town.service.agent()
    started = await start(town, agent, *await filed(town, 2))
    working = asyncio.create_task(work_off_regularly(town.service.runtime))
    try:
        async with asyncio.timeout(60):
            while (await town.get(agent, started.headers["location"])).json()["state"] != "finished":  # noqa: ASYNC110 - seen from outside
                await asyncio.sleep(0.05)
    finally:
        working.cancel()
    assert await outcomes(town, agent, started.headers["location"]) == [("done", None)] * 2


async def test_the_same_key_starts_it_once(town: Town) -> None:
    agent = town.service.agent()
    (request,) = await filed(town, 1)
    headers = agent.headers | {"Idempotency-Key": "k"}
    body = {"action": "take", "requests": [{"id": request["id"], "version": 1}]}
    answers = [await town.client.post("/v1/bulk-operations", json=body, headers=headers) for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert await town.count("bulk_operation") == 1


async def test_an_operation_is_its_agents_own(town: Town) -> None:
    agent = town.service.agent()
    requests = await filed(town, 1)
    path = (await start(town, agent, *requests)).headers["location"]
    for stranger in (town.service.agent(), town.service.agent("lutece")):
        assert (await town.get(stranger, path)).status_code == 404
    citizen = town.service.citizen()
    assert (await start(town, citizen, *requests)).status_code == 403
    assert (await town.get(citizen, path)).status_code == 403


@pytest.mark.parametrize("number", [0, 501])
async def test_it_takes_one_to_five_hundred(town: Town, number: int) -> None:
    answer = await start(town, town.service.agent(), *({"id": str(uuid4()), "version": 1} for _ in range(number)))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/requests")
    assert await town.count("bulk_operation") == 0


async def test_a_request_named_twice_is_refused(town: Town) -> None:
    (request,) = await filed(town, 1)
    answer = await start(town, town.service.agent(), request, request)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "duplicate")


async def test_old_operations_are_forgotten(town: Town) -> None:
    await start(town, town.service.agent(), *await filed(town, 1))
    database = town.service.runtime.database
    await forget_bulk(database, datetime.now(UTC) - timedelta(days=1))
    assert await town.count("bulk_item") == 1
    await forget_bulk(database, datetime.now(UTC) + timedelta(seconds=1))
    assert await town.count("bulk_item") == 0
