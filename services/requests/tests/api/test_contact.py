# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime, timedelta

from open311_client import client_of
from requests_town import Town

from parvis_kit.ids import uuid7
from parvis_requests.db import reporters
from parvis_requests.service.keep_reporter import keep_reporter


async def test_agents_reach_who_filed_without_an_account_and_their_look_is_recorded(town: Town) -> None:
    await (await client_of(town)).filed(deviceid="d-1")
    agent = town.service.agent()
    (item,) = (await town.get(agent, "/v1/work-queue")).json()["items"]
    path = f"/v1/requests/{item['id']}/contact"
    contact = (await town.get(agent, path)).json()
    assert {name: value for name, value in contact.items() if value} == {
        "email": "amelie@example.org",
        "first_name": "Amélie",
        "device_id": "d-1",
    }
    seen = "SELECT data->>'agent' FROM outbox WHERE type = 'fr.parvis.requests.data-accessed.v1'"
    assert await town.service.runtime.database.pool.fetchval(seen) == agent.subject
    assert (await town.get(town.service.citizen(), path)).status_code == 403
    assert (await town.get(town.service.agent("lutece"), path)).status_code == 404


async def test_who_has_an_account_left_no_contact(town: Town) -> None:
    request = (await town.submit(town.service.citizen())).json()
    answer = await town.get(town.service.agent(), f"/v1/requests/{request['id']}/contact")
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


async def test_a_contact_whose_request_never_came_is_removed(town: Town) -> None:
    await (await client_of(town)).filed()
    runtime, now = town.service.runtime, datetime.now(UTC)
    async with runtime.database.unit_of_work() as uow:
        # The process ended before it stored the request.
        await keep_reporter(
            uow.session, uuid7(), "paris", {"email": "nobody@example.org"}, persons=runtime.persons, now=now
        )
        await uow.commit()
    later = now + timedelta(seconds=1)
    async with runtime.database.unit_of_work() as uow:
        assert await reporters.sweep(uow.session, later - timedelta(hours=1), 100) == (0, [])
        assert len((await reporters.sweep(uow.session, later, 100))[1]) == 1
        await uow.commit()
