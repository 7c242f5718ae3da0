# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime, timedelta

from open311_client import client_of
from requests_town import Town

from parvis_requests.db import reporters


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
    client = await client_of(town)
    await client.filed()
    outside = await client.post(lat="45.764", long="4.8357")
    assert outside.status_code == 400
    assert await town.count("reporter") == 2
    later = datetime.now(UTC) + timedelta(seconds=1)
    async with town.service.runtime.database.unit_of_work() as uow:
        assert await reporters.remove_unused(uow.session, later - timedelta(hours=1)) == 0
        assert await reporters.remove_unused(uow.session, later) == 1
        await uow.commit()
