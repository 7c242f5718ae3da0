# SPDX-License-Identifier: EUPL-1.2
"""Calendars at secret addresses, read back as a calendar program reads them, without a token."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from agendas import AGENDA, Agendas, at
from circles import filed, note, restricted
from icalendar import Calendar
from requests_town import Town

from parvis_requests.service.follow_merge import follow_merge
from parvis_requests.service.read_appointments import forget_appointments
from parvis_testing import Caller


class Feeds(Agendas):
    """What people do with calendars."""

    async def give(self, caller: Caller, *agendas: str, **headers: str) -> httpx.Response:
        return await self.post(caller, "/v1/calendar-feeds", {"agendas": list(agendas)}, **headers)

    async def given(self, caller: Caller, *agendas: str, **headers: str) -> dict[str, Any]:
        answer = await self.give(caller, *agendas, **headers)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def fetch(self, address: str, **headers: str) -> httpx.Response:
        return await self.town.client.get(httpx.URL(address).path, headers=headers)

    async def read(self, address: str) -> tuple[Calendar, list[Any]]:
        answer = await self.fetch(address)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
        calendar = Calendar.from_ical(answer.content)
        assert (calendar["VERSION"], calendar.errors, [e for each in calendar.events for e in each.errors]) == (
            "2.0", [], [],
        )  # fmt: skip
        return calendar, calendar.events

    async def aged(self) -> None:
        """All that there is changed two minutes ago, at the latest."""
        for table in ("calendar_feed", "appointment", "appointment_kind", "agenda"):
            await self.town.service.runtime.database.pool.execute(
                f"UPDATE {table} SET updated_at = updated_at - interval '2 minutes'"
            )

    async def merge(self, absorbed: Caller, kept: Caller) -> None:
        """The two accounts are one person's."""
        runtime, people = self.town.service.runtime, (UUID(absorbed.subject), UUID(kept.subject))
        async with runtime.database.unit_of_work() as uow:
            await follow_merge(uow.session, runtime.persons, *people, "paris", datetime.now(UTC))
            await uow.commit()

    async def revoke(self, caller: Caller, feed: dict[str, Any], version: int = 1) -> int:
        headers = caller.headers | {"If-Match": f'"{version}"'}
        return (await self.town.client.delete(f"/v1/calendar-feeds/{feed['id']}", headers=headers)).status_code


@pytest.fixture
def feeds(town: Town) -> Feeds:
    return Feeds(town)


async def test_an_agent_reads_their_agendas_without_a_name(feeds: Feeds, town: Town) -> None:
    agenda = await feeds.counter()
    other = await feeds.agenda(name={"fr": "Guichet 2", "en": "Counter 2"})
    citizen, agent = town.service.citizen(), town.service.agent()
    booked = (await feeds.book(citizen, at("09:00"))).json()
    gone = (await feeds.book(citizen, at("10:00"))).json()
    await feeds.change(citizen, gone, "cancellation")
    address = (await feeds.given(agent, agenda, other))["address"]
    calendar, (event,) = await feeds.read(address)
    assert str(calendar["NAME"]) == "Guichet 1, Guichet 2"
    assert calendar["REFRESH-INTERVAL"].to_ical() == b"PT1H"
    assert (event["UID"], event["SUMMARY"], event["STATUS"], event["CLASS"]) == (
        booked["id"], "Passeport", "CONFIRMED", "PRIVATE",
    )  # fmt: skip
    assert event.start == datetime.fromisoformat(booked["starts_at"])
    assert "DESCRIPTION" not in event
    assert citizen.subject not in (await feeds.fetch(address)).text
    apart = (await feeds.given(agent, other))["address"]
    assert (await feeds.read(apart))[1] == []


async def test_a_person_reads_their_own_appointments_in_their_language(feeds: Feeds, town: Town) -> None:
    await feeds.counter()
    citizen, neighbour = town.service.citizen(), town.service.citizen()
    booked = (await feeds.book(citizen, at("09:00"))).json()
    await feeds.book(neighbour, at("09:30"))
    feed = await feeds.given(citizen, **{"Accept-Language": "en"})
    calendar, (event,) = await feeds.read(feed["address"])
    assert (str(calendar["NAME"]), event["UID"], event["SUMMARY"]) == ("My appointments", booked["id"], "Passport")
    assert event["DESCRIPTION"] == "Bring a photo."
    await feeds.change(citizen, booked, "move", starts_at=at("11:00"))
    _, (moved,) = await feeds.read(feed["address"])
    assert (moved["SEQUENCE"], moved.start) == (1, datetime.fromisoformat(at("11:00")))


async def test_a_program_is_told_what_it_has_already(feeds: Feeds, town: Town) -> None:
    agenda, citizen = await feeds.counter(), town.service.citizen()
    booked = (await feeds.book(citizen, at("09:00"))).json()
    address = (await feeds.given(citizen))["address"]
    agents = (await feeds.given(town.service.agent(), agenda))["address"]
    await feeds.aged()
    first, seen = await feeds.fetch(address), await feeds.fetch(agents)
    tag, changed = first.headers["etag"], first.headers["last-modified"]
    assert first.headers["cache-control"] == "private, no-cache"
    for headers, status in (
        ({"If-None-Match": tag}, 304),
        ({"If-Modified-Since": changed}, 304),
        ({"If-None-Match": '"other"', "If-Modified-Since": changed}, 200),
        ({"If-Modified-Since": "Thu, 01 Jan 2015 00:00:00 GMT"}, 200),
        ({"If-Modified-Since": "yesterday"}, 200),
    ):
        again = await feeds.fetch(address, **headers)
        assert (again.status_code, again.headers["etag"]) == (status, tag), headers
    # Who may read a request may change when no appointment does: the digest alone says what agents have already.
    for name, known, status in (("If-None-Match", "etag", 304), ("If-Modified-Since", "last-modified", 200)):
        assert (await feeds.fetch(agents, **{name: seen.headers[known]})).status_code == status
    await feeds.change(citizen, booked, "cancellation")
    after = await feeds.fetch(address, **{"If-None-Match": tag})
    assert (after.status_code, Calendar.from_ical(after.content).events) == (200, [])


async def test_a_change_within_the_second_of_a_read_is_shown_at_the_next(feeds: Feeds, town: Town) -> None:
    await feeds.counter()
    citizen = town.service.citizen()
    booked = (await feeds.book(citizen, at("09:00"))).json()
    address = (await feeds.given(citizen))["address"]
    await feeds.aged()
    pool, read_at = town.service.runtime.database.pool, datetime.now(UTC)
    await pool.execute("UPDATE appointment SET updated_at = $1", read_at)
    first = (await feeds.fetch(address)).headers["last-modified"]
    await feeds.change(citizen, booked, "cancellation")
    await pool.execute("UPDATE appointment SET updated_at = $1", read_at)
    after = await feeds.fetch(address, **{"If-Modified-Since": first})
    assert (after.status_code, Calendar.from_ical(after.content).events) == (200, [])
    await feeds.aged()
    settled = (await feeds.fetch(address)).headers["last-modified"]
    assert (await feeds.fetch(address, **{"If-Modified-Since": settled})).status_code == 304


async def test_an_address_is_told_once_changed_and_taken_back(feeds: Feeds, town: Town) -> None:
    citizen = town.service.citizen()
    feed = await feeds.given(citizen)
    (listed,) = (await town.get(citizen, "/v1/calendar-feeds")).json()["items"]
    assert listed == {name: value for name, value in feed.items() if name != "address"}
    stored = await town.service.runtime.database.pool.fetchval("SELECT digest FROM calendar_feed")
    assert feed["address"].rpartition("/")[2].encode() not in bytes(stored)
    path = f"/v1/calendar-feeds/{feed['id']}/rotation"
    stale = await feeds.post(citizen, path, None, **{"If-Match": '"2"'})
    assert stale.status_code == 412
    turned = await feeds.post(citizen, path, None, **{"If-Match": '"1"'})
    assert (turned.status_code, turned.json()["version"]) == (201, 2)
    assert (await feeds.fetch(feed["address"])).status_code == 404
    assert (await feeds.fetch(turned.json()["address"])).status_code == 200
    assert await feeds.revoke(citizen, feed) == 412
    assert await feeds.revoke(citizen, feed, 2) == 204
    assert (await feeds.fetch(turned.json()["address"])).status_code == 404
    assert (await feeds.fetch("http://x/v1/calendars/" + "a" * 43)).json()["code"] == "not-found"


async def test_nobody_reads_what_is_not_theirs(feeds: Feeds, town: Town) -> None:
    agenda = await feeds.counter()
    agent, citizen = town.service.agent(), town.service.citizen()
    for caller, named, said in (
        (citizen, [agenda], (422, "invalid-calendar-feed")),
        (agent, [], (422, "invalid-calendar-feed")),
        (town.service.agent("lutece"), [agenda], (404, "unknown-agenda")),
        (agent, [agenda, citizen.subject], (404, "unknown-agenda")),
    ):
        refused = await feeds.give(caller, *named)
        assert (refused.status_code, refused.json()["code"]) == said, named
    feed = await feeds.given(agent, agenda)
    for caller in (town.service.agent(), citizen, town.service.agent("lutece", roles=["agent", "administrator"])):
        assert (await town.get(caller, "/v1/calendar-feeds")).json()["items"] == []
        assert await feeds.revoke(caller, feed) == 404
    chief = town.administrator()
    (seen,) = (await town.get(chief, "/v1/calendar-feeds")).json()["items"]
    assert (seen["own"], seen["owner"]) == (False, agent.subject)
    turned = await feeds.post(chief, f"/v1/calendar-feeds/{feed['id']}/rotation", None, **{"If-Match": '"1"'})
    assert turned.status_code == 403
    assert await feeds.revoke(chief, feed) == 204
    assert (await feeds.fetch(feed["address"])).status_code == 404


async def test_nobody_has_more_addresses_than_five(feeds: Feeds, town: Town) -> None:
    citizen = town.service.citizen()
    for _ in range(5):
        await feeds.given(citizen)
    sixth = await feeds.give(citizen)
    assert (sixth.status_code, sixth.json()["code"]) == (409, "too-many-calendar-feeds")
    (first, *_) = (await town.get(citizen, "/v1/calendar-feeds")).json()["items"]
    pool = town.service.runtime.database.pool
    await pool.execute("UPDATE calendar_feed SET ends_at = now() WHERE id = $1", first["id"])
    turned = await feeds.post(citizen, f"/v1/calendar-feeds/{first['id']}/rotation", None, **{"If-Match": '"1"'})
    assert turned.status_code == 404
    assert (await feeds.give(citizen)).status_code == 201  # what has ended counts no more


async def test_an_address_ends_by_itself(feeds: Feeds, town: Town) -> None:
    agenda = await feeds.agenda(**AGENDA)
    kept, ended = await feeds.given(town.service.citizen()), await feeds.given(town.service.agent(), agenda)
    runtime = town.service.runtime
    assert datetime.fromisoformat(ended["ends_at"]) < datetime.now(UTC) + timedelta(days=91)
    await runtime.database.pool.execute("UPDATE calendar_feed SET ends_at = now() WHERE by_agent")
    assert (await feeds.fetch(ended["address"])).status_code == 404
    assert await feeds.revoke(town.administrator(), ended) == 404
    await forget_appointments(runtime.database, timedelta(days=365), datetime.now(UTC))
    assert await town.count("calendar_feed") == 1
    assert (await feeds.fetch(kept["address"])).status_code == 200


async def test_a_calendar_follows_its_person_to_another_account(feeds: Feeds, town: Town) -> None:
    await feeds.counter()
    former, later = town.service.citizen(), town.service.citizen()
    booked = (await feeds.book(former, at("09:00"))).json()
    address = (await feeds.given(former))["address"]
    await feeds.book(later, at("09:30"))
    other = (await feeds.given(later))["address"]
    await feeds.aged()
    known = {each: (await feeds.fetch(each)).headers["last-modified"] for each in (address, other)}
    await feeds.merge(former, later)
    for each, since in known.items():
        assert (await feeds.fetch(each, **{"If-Modified-Since": since})).status_code == 200
        _, (event, _) = await feeds.read(each)
        assert event["UID"] == booked["id"]
    assert len((await town.get(later, "/v1/calendar-feeds")).json()["items"]) == 2


async def test_an_empty_calendar_shows_what_the_other_account_comes_for(feeds: Feeds, town: Town) -> None:
    await feeds.counter()
    former, later = town.service.citizen(), town.service.citizen()
    booked = (await feeds.book(later, at("09:00"))).json()
    address = (await feeds.given(former))["address"]
    await feeds.aged()
    known = (await feeds.fetch(address)).headers["last-modified"]
    await feeds.merge(former, later)
    shown = await feeds.fetch(address, **{"If-Modified-Since": known})
    assert (shown.status_code, booked["id"] in shown.text) == (200, True)


async def test_an_agenda_tells_of_a_restricted_request_to_those_who_read_it(feeds: Feeds, town: Town) -> None:
    code, _, inside, outside = await restricted(town)
    agenda, author = await feeds.counter(), town.service.citizen()
    request = await filed(town, code, author)
    booked = (await feeds.book(author, at("09:00"), request_id=request["id"])).json()
    other = (await feeds.book(author, at("10:00"))).json()
    theirs, others = [(await feeds.given(each, agenda))["address"] for each in (inside, outside)]
    await feeds.aged()
    assert [event["UID"] for event in (await feeds.read(theirs))[1]] == [booked["id"], other["id"]]
    read_at = (await feeds.fetch(others)).headers["last-modified"]
    assert [event["UID"] for event in (await feeds.read(others))[1]] == [other["id"]]
    closed = await feeds.close(agenda, at("08:00"), at("11:00"))
    assert ([each["id"] for each in closed.json()["affected"]], closed.json()["reserved"]) == ([other["id"]], 1)
    for reader, ids, reserved in (
        (inside, [booked["id"], other["id"]], 0),
        (outside, [other["id"]], 1),
        (town.service.agent(roles=["supervisor"]), [booked["id"], other["id"]], 0),
    ):
        listed = (await town.get(reader, f"/v1/agendas/{agenda}/affected-appointments")).json()
        assert ([each["id"] for each in listed["items"]], listed["reserved"]) == (ids, reserved)
    # Who is let in finds it there, though no appointment has changed since.
    await note(town, inside, request, outside)
    again = await feeds.fetch(others, **{"If-Modified-Since": read_at})
    assert [event["UID"] for event in Calendar.from_ical(again.content).events] == [booked["id"], other["id"]]
