# SPDX-License-Identifier: EUPL-1.2
"""The calendar file of an appointment, read back as a calendar reads it."""

from datetime import datetime

import httpx
import pytest
from agendas import Agendas, at
from icalendar import Calendar, Event
from requests_town import Town


def read_back(answer: httpx.Response) -> tuple[str, Event]:
    """The method and the only event of a calendar file."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(answer.content)
    (event,) = calendar.events
    assert (calendar["VERSION"], calendar.errors, event.errors) == ("2.0", [], [])
    return str(calendar["METHOD"]), event


@pytest.fixture
def agendas(town: Town) -> Agendas:
    return Agendas(town)


async def test_a_calendar_follows_an_appointment_from_its_booking_to_its_end(agendas: Agendas, town: Town) -> None:
    agenda, citizen = await agendas.counter(), town.service.citizen()
    booked = (await agendas.book(citizen, at("09:00"))).json()
    path = f"/v1/appointments/{booked['id']}/calendar"
    method, event = read_back(await town.get(citizen, path))
    assert (method, event["STATUS"], event["SEQUENCE"], event["UID"]) == ("PUBLISH", "CONFIRMED", 0, booked["id"])
    assert (event.start, event.end) == tuple(datetime.fromisoformat(booked[each]) for each in ("starts_at", "ends_at"))
    assert (event["SUMMARY"], event["DESCRIPTION"]) == ("Passeport", "Apportez une photo.")
    # The comma of the place is escaped in the file (section 3.3.11) and read back as it was.
    assert event["LOCATION"] == "Mairie, rez-de-chaussée, Guichet 1"
    assert event["ORGANIZER"] == f"urn:uuid:{agenda}"
    moved = (await agendas.change(citizen, booked, "move", starts_at=at("09:30"))).json()
    method, event = read_back(await town.get(citizen, path))
    assert (method, event["SEQUENCE"], event["UID"]) == ("PUBLISH", 1, booked["id"])
    assert event.start == datetime.fromisoformat(at("09:30"))
    await agendas.change(citizen, moved, "cancellation")
    method, event = read_back(await town.get(citizen, path))
    assert (method, event["STATUS"], event["SEQUENCE"]) == ("CANCEL", "CANCELLED", 2)


async def test_the_file_speaks_the_readers_language_and_is_theirs_alone(agendas: Agendas, town: Town) -> None:
    await agendas.counter()
    citizen = town.service.citizen()
    path = f"/v1/appointments/{(await agendas.book(citizen, at('09:00'))).json()['id']}/calendar"
    english = await town.get(citizen, path, **{"Accept-Language": "en"})
    assert read_back(english)[1]["SUMMARY"] == "Passport"
    assert english.headers["content-disposition"] == 'attachment; filename="appointment.ics"'
    for caller, status in ((town.service.agent(), 200), (town.service.citizen(), 404)):
        assert (await town.get(caller, path)).status_code == status


async def test_words_cannot_write_lines_of_their_own_into_the_file(agendas: Agendas, town: Town) -> None:
    words = "Photo\r\nATTENDEE:mailto:x@example.org\nEND:VEVENT"
    await agendas.counter(instructions={"fr": words, "en": words})
    citizen = town.service.citizen()
    booked = (await agendas.book(citizen, at("09:00"))).json()
    _, event = read_back(await town.get(citizen, f"/v1/appointments/{booked['id']}/calendar"))
    assert "ATTENDEE" not in event
    assert "END:VEVENT" in str(event["DESCRIPTION"])
