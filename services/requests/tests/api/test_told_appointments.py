# SPDX-License-Identifier: EUPL-1.2
"""What the service that writes to people is told of an appointment when it asks."""

import pytest
from agendas import Agendas, at
from requests_town import Town


@pytest.fixture
def agendas(town: Town) -> Agendas:
    return Agendas(town)


async def test_the_service_that_writes_asks_how_an_appointment_stands(agendas: Agendas, town: Town) -> None:
    await agendas.counter()
    citizen, system = town.service.citizen(), town.service.system()
    booked = (await agendas.book(citizen, at("09:00"))).json()
    path, town_of = f"/internal/v1/appointments/{booked['id']}", {"collectivity": "paris"}
    english = system.headers | {"Accept-Language": "en"}
    found = await town.service.internal.get(path, params=town_of, headers=english)
    assert found.status_code == 200, found.text
    body = found.json()
    assert (body["kind"]["label"], body["agenda"]["place"]) == ("Passport", "Town hall, ground floor")
    assert (body["starts_at"], body["state"], body["version"], body["person"]) == (at("09:00"), "booked", 1, None)
    moved = (await agendas.change(town.service.agent(), booked, "move", starts_at=at("09:30"), reason="Travaux")).json()
    later = (await town.service.internal.get(path, params=town_of, headers=system.headers)).json()
    assert (later["version"], later["starts_at"], later["reason"]) == (moved["version"], at("09:30"), "Travaux")
    for caller, query, status in ((citizen, town_of, 403), (system, {"collectivity": "lyon"}, 404), (system, {}, 422)):
        answer = await town.service.internal.get(path, params=query, headers=caller.headers)
        assert answer.status_code == status
