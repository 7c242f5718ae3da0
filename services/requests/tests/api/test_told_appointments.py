# SPDX-License-Identifier: EUPL-1.2
"""What the service that writes to people is told of an appointment: when to remind of it, and what it is when asked."""

import json
from datetime import datetime, timedelta

import pytest
from agendas import Agendas, at
from requests_town import Town

from parvis_requests.domain.appointment import reminder_at


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
    assert body["tracked_reference"] is None
    moved = (await agendas.change(town.service.agent(), booked, "move", starts_at=at("09:30"), reason="Travaux")).json()
    later = (await town.service.internal.get(path, params=town_of, headers=system.headers)).json()
    assert (later["version"], later["starts_at"], later["reason"]) == (moved["version"], at("09:30"), "Travaux")
    for caller, query, status in ((citizen, town_of, 403), (system, {"collectivity": "lyon"}, 404), (system, {}, 422)):
        answer = await town.service.internal.get(path, params=query, headers=caller.headers)
        assert answer.status_code == status


@pytest.mark.parametrize("minutes", [None, 90, 0])
async def test_each_agenda_says_when_people_are_reminded(agendas: Agendas, town: Town, minutes: int | None) -> None:
    agenda = await agendas.agenda(**{} if minutes is None else {"reminder_minutes": minutes})
    shown = (await town.get(town.service.agent(), f"/v1/agendas/{agenda}")).json()["reminder_minutes"]
    assert shown == (1_440 if minutes is None else minutes)
    await agendas.kind(agenda)
    citizen = town.service.citizen()
    booked = (await agendas.book(citizen, at("09:00"))).json()
    await agendas.change(citizen, booked, "move", starts_at=at("09:30"))
    told = [json.loads(row["data"])["remind_at"] for row in await agendas.told()]
    wanted = [datetime.fromisoformat(at(clock)) - timedelta(minutes=shown) for clock in ("09:00", "09:30")]
    assert [each and datetime.fromisoformat(each) for each in told] == (wanted if shown else [None, None])


def test_who_books_later_than_that_is_not_reminded() -> None:
    now = datetime.fromisoformat("2026-12-07T10:00:00+00:00")
    start, day = now + timedelta(hours=5), timedelta(days=1)
    assert [reminder_at(start, before, now) for before in (day, timedelta(hours=5), timedelta(hours=4))] == [
        None, None, now + timedelta(hours=1),
    ]  # fmt: skip
