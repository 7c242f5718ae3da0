# SPDX-License-Identifier: EUPL-1.2
"""Agendas, their hours and their exceptions, as administrators keep them over the API."""

import pytest
from agendas import AGENDA, KIND, Agendas, at, working_day
from requests_town import Town


@pytest.fixture
def agendas(town: Town) -> Agendas:
    return Agendas(town)


async def test_an_exception_lists_what_is_booked_and_breaks_none_of_it(agendas: Agendas, town: Town) -> None:
    agenda = await agendas.counter()
    citizen, agent, day = town.service.citizen(), town.service.agent(), working_day()
    hit = (await agendas.book(citizen, at("09:00"))).json()
    await agendas.book(citizen, at("11:00"))
    closed = await agendas.close(agenda, at("08:00"), at("10:30"))
    assert closed.status_code == 201, closed.text
    assert [each["id"] for each in closed.json()["affected"]] == [hit["id"]]
    free = (await agendas.slots(starts_after=at("00:00"), starts_before=at("23:00"))).json()["items"]
    assert [slot["starts_at"][11:16] for slot in free] == [at(clock)[11:16] for clock in ("10:30", "11:30")]
    assert (await town.get(citizen, f"/v1/appointments/{hit['id']}")).json()["state"] == "booked"
    path = f"/v1/agendas/{agenda}"
    affected = (await town.get(agent, f"{path}/affected-appointments")).json()["items"]
    assert [each["id"] for each in affected] == [hit["id"]]
    assert (await agendas.change(agent, hit, "move", starts_at=at("10:30"), reason="Formation")).status_code == 201
    assert (await town.get(agent, f"{path}/affected-appointments")).json()["items"] == []
    # Extra hours on the same day, beyond what the week says.
    assert (await agendas.close(agenda, at("14:00"), at("15:00"), "open")).status_code == 201
    assert (await agendas.book(citizen, at("14:30"))).status_code == 201
    exceptions = (await town.get(agent, f"{path}/exceptions")).json()["items"]
    assert [each["effect"] for each in exceptions] == ["closed", "open"]
    shut, headers = f"{path}/exceptions/{exceptions[1]['id']}", town.administrator().headers
    assert (await town.client.delete(shut, headers=headers | {"If-Match": '"2"'})).status_code == 412
    gone = await town.client.delete(shut, headers=headers | {"If-Match": '"1"'})
    assert gone.status_code == 204
    affected = (await town.get(agent, f"{path}/affected-appointments")).json()["items"]
    assert [each["starts_at"] for each in affected] == [at("14:30", day)]


async def test_other_hours_list_what_no_longer_fits(agendas: Agendas, town: Town) -> None:
    agenda = await agendas.counter()
    booked = (await agendas.book(town.service.citizen(), at("09:00"))).json()
    administrator, path = town.administrator(), f"/v1/agendas/{agenda}"
    body = AGENDA | {"hours": [{"day": "tuesday", "opens": "14:00", "closes": "17:00"}]}
    for tag, status in (('"7"', 412), ('"1"', 200)):
        answer = await town.client.put(path, json=body, headers=administrator.headers | {"If-Match": tag})
        assert answer.status_code == status
    affected = (await town.get(town.service.agent(), f"{path}/affected-appointments")).json()["items"]
    assert [each["id"] for each in affected] == [booked["id"]]


async def test_administrators_keep_agendas_and_others_do_not(agendas: Agendas, town: Town) -> None:
    agenda = await agendas.counter()
    agent, citizen = town.service.agent(), town.service.citizen()
    for caller in (agent, citizen):
        assert (await agendas.post(caller, "/v1/agendas", AGENDA)).status_code == 403
        kind = await agendas.post(caller, "/v1/appointment-kinds", KIND | {"agendas": [agenda]})
        assert kind.status_code == 403
    supervisor = town.service.agent(roles=["supervisor"])
    assert (await agendas.post(supervisor, "/v1/agendas", AGENDA)).status_code == 201
    assert (await town.get(citizen, "/v1/agendas")).status_code == 403
    assert len((await town.get(agent, "/v1/agendas")).json()["items"]) == 2
    assert (await town.get(town.service.agent("lutece"), f"/v1/agendas/{agenda}")).status_code == 404
    foreign = await agendas.post(town.administrator("lutece"), "/v1/appointment-kinds", KIND | {"agendas": [agenda]})
    assert (foreign.status_code, foreign.json()["code"]) == (404, "unknown-agenda")
    twice = await agendas.post(town.administrator(), "/v1/appointment-kinds", KIND | {"agendas": [agenda]})
    assert (twice.status_code, twice.json()["code"]) == (409, "appointment-kind-exists")
