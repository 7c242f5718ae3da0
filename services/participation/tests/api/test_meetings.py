# SPDX-License-Identifier: EUPL-1.2
import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from assembly_town import Assembly, assembly_body, post
from assembly_town import published as published_assembly
from icalendar import Calendar
from meeting_town import LIST, Meeting, announced, meeting_body, prepared
from merged_accounts import hear, merged
from participation_town import Town

from parvis_participation.api import meeting_preparation, meeting_registrations
from parvis_participation.service.keep_meetings import keep_meetings


async def look(town: Town, days: float = 0) -> list[tuple[str, str]]:
    """What the worker does, that much later; who has been told what so far."""
    database = town.service.runtime.database
    await keep_meetings(database, town.service.runtime.persons, 30, datetime.now(UTC) + timedelta(days=days))
    rows = await database.pool.fetch("SELECT data FROM outbox WHERE type LIKE '%.meeting-news-told.%' ORDER BY id")
    told = [json.loads(row["data"]) for row in rows]
    return [(each["subject"], each["registrant"]) for each in told]


def later(monkeypatch: pytest.MonkeyPatch, hours: float) -> None:
    for module in (meeting_preparation, meeting_registrations):
        monkeypatch.setattr(module, "now", lambda: datetime.now(UTC) + timedelta(hours=hours))


async def test_fifty_at_once_take_the_places_there_are_and_the_others_wait(town: Town) -> None:
    meeting = await announced(town, places=20)
    people = [town.service.citizen() for _ in range(50)]
    answers = await asyncio.gather(*(meeting.mine(who) for who in people))
    states = [answer.json()["state"] for answer in answers]
    assert (states.count("registered"), states.count("waiting")) == (20, 30)
    assert sorted(a.json()["waiting_before"] for a in answers if a.json()["state"] == "waiting") == list(range(30))
    shown = await meeting.read()
    assert (shown["places"], shown["places_left"], shown["waiting"]) == (20, 0, 30)
    leaving = [who for who, state in zip(people, states, strict=True) if state == "registered"][:10]
    await asyncio.gather(*(meeting.mine(who, "DELETE") for who in leaving))
    own = (await meeting.send("GET", "")).json()
    assert (own["registered"], own["waiting"]) == (20, 20)
    assert await town.count("meeting_registration WHERE state = 'registered'") == 20
    told = await look(town)
    assert len({who for _, who in told}) == len(told) == 10


async def test_who_waited_first_moves_up_and_is_told_without_a_word_of_anybody(town: Town) -> None:
    meeting = await announced(town, places=1)
    ada, first, second = (town.service.citizen() for _ in range(3))
    for who in (ada, first, second, ada):
        assert (await meeting.mine(who)).status_code == 200
    assert [await meeting.state(who) for who in (ada, first, second)] == ["registered", "waiting", "waiting"]
    for _ in range(2):
        assert (await meeting.mine(ada, "DELETE")).status_code == 204
    assert [await meeting.state(who) for who in (ada, first, second)] == ["404", "registered", "waiting"]
    assert await look(town) == [("place-found", first.subject)]
    assert (await meeting.mine(second, "DELETE")).status_code == 204
    shown = await meeting.read()
    assert (shown["places_left"], shown["waiting"]) == (0, 0)
    stored = await town.service.runtime.database.pool.fetch("SELECT data FROM outbox WHERE type LIKE '%meeting%'")
    assert "Lovelace" not in str(stored)


async def test_more_places_are_filled_and_fewer_than_are_taken_refused(town: Town) -> None:
    meeting = await announced(town, places=1)
    people = [town.service.citizen() for _ in range(4)]
    for who in people:
        await meeting.mine(who)
    assert (await meeting.change(places=3)).json()["registered"] == 3
    found = [who for subject, who in await look(town) if subject == "place-found"]
    assert sorted(found) == sorted(who.subject for who in people[1:3])
    refused = await meeting.change(places=2)
    assert (refused.status_code, refused.json()["code"]) == (409, "places-taken")
    opened = (await meeting.change(places=None)).json()
    assert (opened["registered"], opened["waiting"], (await meeting.read())["places_left"]) == (4, 0, None)
    told = [who for subject, who in await look(town) if subject == "place-found"]
    assert sorted(told) == sorted(who.subject for who in people[1:]), "in whichever order: each is told alone"


async def test_who_registered_is_told_once_of_another_time_and_of_the_end(town: Town) -> None:
    meeting = await announced(town, places=1)
    ada, waiting = town.service.citizen(), town.service.citizen()
    await meeting.mine(ada)
    await meeting.mine(waiting)
    body = (await meeting.send("GET", "")).json()
    times = {name: body[name] for name in meeting_body() if name.endswith("_at")}
    await meeting.change(places=1, title={"fr": "Autre", "en": "Other"}, **times)
    assert await look(town) == [], "another title is no news"
    await meeting.change(hours=50, places=1)
    await look(town)
    assert sorted(await look(town)) == sorted(("changed", who.subject) for who in (ada, waiting))
    assert (await meeting.act("cancel")).json()["state"] == "cancelled"
    told = (await look(town))[2:]
    assert sorted(told) == sorted(("cancelled", who.subject) for who in (ada, waiting))
    assert (await meeting.mine(town.service.citizen())).json()["code"] == "registration-closed"
    assert (await meeting.change()).json()["code"] == "meeting-state"
    assert (await meeting.read())["state"] == "cancelled"
    await meeting.mine(ada, "DELETE")
    assert await meeting.state(waiting) == "waiting", "there is no place to move up to"


@pytest.mark.parametrize("window", [(-3, -2), (1, 2), (None, None)])
async def test_nobody_registers_outside_the_window(town: Town, window: tuple[int | None, int | None]) -> None:
    names = ("registration_opens_at", "registration_closes_at")
    times = [None if each is None else (datetime.now(UTC) + timedelta(hours=each)).isoformat() for each in window]
    meeting = await announced(town, **dict(zip(names, times, strict=True)))
    refused = await meeting.mine(town.service.citizen())
    assert (refused.status_code, refused.json()["code"]) == (409, "registration-closed")


async def test_agents_note_who_came_and_the_public_reads_how_many(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    meeting = await announced(town, places=2)
    ada, bob, late = (town.service.citizen() for _ in range(3))
    for who, name in ((ada, "Ada Lovelace"), (bob, "Bob"), (late, "Zoé")):
        await meeting.mine(who, name=name)
    people = {each["name"]: each["id"] for each in await meeting.listed()}
    waiting = await meeting.listed("waiting")
    assert (set(people), [each["name"] for each in waiting]) == ({"Ada Lovelace", "Bob"}, ["Zoé"])
    presence = {"attendances": [{"registration_id": people["Bob"], "came": True}], "walk_ins": 3}
    assert (await meeting.send("PUT", "/attendances", presence)).json()["code"] == "meeting-state"
    later(monkeypatch, 49)
    assert (await meeting.mine(ada, "DELETE")).json()["code"] == "meeting-state"
    assert (await meeting.send("PUT", "/attendances", presence)).json()["came"] == 1
    stranger = {"attendances": [{"registration_id": waiting[0]["id"], "came": True}]}
    assert (await meeting.send("PUT", "/attendances", stranger)).json()["errors"][0]["pointer"] == "/attendances"
    shown = await meeting.read()
    assert (shown["came"], "Bob" in json.dumps(shown)) == (4, False)
    link = {"label": {"fr": "Diaporama", "en": "Slides"}, "url": "https://paris.example/slides.pdf"}
    report = {"text": {"fr": "Il fut question du square.", "en": "It was about the square."}, "links": [link]}
    assert (await meeting.send("POST", "/reports", report)).status_code == 201
    shown = (await meeting.read())["report"]
    assert (shown["text"], shown["links"][0]["label"]) == ("Il fut question du square.", "Diaporama")


async def test_a_draft_is_nobodys_and_who_registers_is_no_other_towns(town: Town) -> None:
    draft = await prepared(town)
    assert (await town.client.get(draft.public)).status_code == 404
    assert (await town.client.get(LIST)).json()["items"] == []
    assert (await draft.mine(town.service.citizen())).status_code == 404
    own = await town.client.get("/v1/meetings", headers=draft.agent.headers)
    assert [each["state"] for each in own.json()["items"]] == ["draft"]
    elsewhere = town.service.agent("lutece").headers
    assert (await town.client.get(f"/v1/meetings/{draft.id}/registrations", headers=elsewhere)).status_code == 404
    people = await town.client.get(f"/v1/meetings/{draft.id}/registrations", headers=town.service.citizen().headers)
    assert people.status_code == 403


async def test_a_meeting_is_of_one_thing_which_is_public_by_then(town: Town) -> None:
    assembly = await published_assembly(town)
    meeting = await announced(town, assembly_id=assembly.id)
    await announced(town)
    found = (await town.client.get(f"{LIST}?assembly_id={assembly.id}")).json()["items"]
    assert [each["id"] for each in found] == [meeting.id]
    assert (await town.client.get(f"{LIST}?process_id={assembly.id}")).json()["items"] == []
    hidden = Assembly(town, (await post(town, town.service.agent(), "/v1/assemblies", assembly_body())).json())
    draft = await prepared(town, assembly_id=hidden.id)
    assert (await draft.act("publish")).json()["errors"][0]["pointer"] == "/assembly_id"
    for wrong in ({"process_id": assembly.id}, {"assembly_id": assembly.id, "process_id": assembly.id}):
        assert (await draft.change(**wrong)).json()["errors"][0]["pointer"] == "/assembly_id"


@pytest.mark.parametrize("wrong", ["registration_opens_at", "ends_at"])
async def test_the_times_of_a_meeting_fit(town: Town, wrong: str) -> None:
    meeting = await prepared(town)
    late: dict[str, Any] = {"ends_at": datetime.now(UTC).isoformat(), "registration_opens_at": None}
    refused = await meeting.change(**{wrong: late[wrong]})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/ends_at")


async def test_a_meeting_and_a_towns_meetings_are_calendars(town: Town) -> None:
    meeting, other = await announced(town), await announced(town)
    await prepared(town)
    await other.act("cancel")
    one = Calendar.from_ical((await town.client.get(f"{meeting.public}/files/calendar.ics")).content)
    assert [str(each["uid"]) for each in one.walk("VEVENT")] == [meeting.id]
    feed = await town.client.get("/v1/collectivities/paris/meeting-files/calendar.ics")
    assert feed.headers["Content-Type"].startswith("text/calendar")
    events = {str(each["uid"]): str(each["status"]) for each in Calendar.from_ical(feed.content).walk("VEVENT")}
    assert events == {meeting.id: "CONFIRMED", other.id: "CANCELLED"}


async def test_who_registered_is_forgotten_some_time_after_and_the_numbers_stay(town: Town) -> None:
    meeting, next_one = await announced(town), await announced(town, hours=1_000)
    for each in (meeting, next_one):
        await each.mine(town.service.citizen())
    stored = await town.service.runtime.database.pool.fetchval("SELECT name FROM meeting_registration LIMIT 1")
    assert b"Lovelace" not in stored
    await look(town, 31)
    assert await town.count("meeting_registration") == 2, "the meeting was not so long ago"
    await look(town, 33)
    assert (await meeting.listed(), len(await next_one.listed())) == ([], 1)
    assert (await meeting.read())["places_left"] == 1


async def test_one_person_with_two_accounts_has_one_place(town: Town) -> None:
    meetings: list[Meeting] = [await announced(town, places=2) for _ in range(2)]
    absorbed, kept, waiting = (town.service.citizen() for _ in range(3))
    both, moved = meetings
    for who in (kept, absorbed, waiting):
        await both.mine(who, name="Ada Lovelace")
    await moved.mine(absorbed, name="Ada Lovelace")
    told = merged(absorbed, kept)
    await hear(town.service, told, told)
    assert [await both.state(who) for who in (kept, waiting)] == ["registered", "registered"]
    assert await look(town) == [("place-found", waiting.subject)]
    assert await moved.state(kept) == "registered"
    assert [each["name"] for each in await moved.listed()] == ["Ada Lovelace"]
