# SPDX-License-Identifier: EUPL-1.2
import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from assembly_town import LIST, Assembly, assembly_body, day, post, published, session_body
from icalendar import Calendar
from merged_accounts import hear, merged
from participation_town import Town, in_days
from proposal_town import verified

from parvis_kit.clocks import PARIS
from parvis_kit.messaging.events import Event
from parvis_participation import assembly_events
from parvis_participation.api import assembly_sessions
from parvis_participation.db.assembly_tables import AssemblyMember
from parvis_participation.domain.town_day import day_of
from parvis_participation.service.follow_assembly import forget_members, keep_assemblies
from parvis_testing import Caller

YEAR = 365
AHEAD = timedelta(hours=2)


async def look(town: Town, days: float = 0, retention: int = YEAR) -> list[tuple[str, dict[str, Any]]]:
    """What the worker does, that much later; what has been told so far."""
    database = town.service.runtime.database
    later = in_days(days)
    await keep_assemblies(database, later)
    await forget_members(database, retention, later)
    rows = await database.pool.fetch("SELECT type, data FROM outbox WHERE type LIKE '%.assembly-%' ORDER BY id")
    return [(row["type"].split(".")[3], json.loads(row["data"])) for row in rows]


async def convened(assembly: Assembly, monkeypatch: pytest.MonkeyPatch, **changes: Any) -> dict[str, Any]:
    """A session that people were convened to, and that has begun by now."""
    made = (await assembly.act(await assembly.session(**changes), "convene")).json()
    monkeypatch.setattr(assembly_sessions, "now", lambda: datetime.now(UTC) + AHEAD)
    return dict(made)


async def test_members_in_office_are_public_with_the_names_of_who_agrees(town: Town) -> None:
    assembly = await published(town, colleges=[{"code": "residents", "title": {"fr": "Habitants", "en": "Residents"}}])
    shown = await assembly.member(town.service.citizen(), name="Ada Lovelace", role="chair", college="residents")
    await assembly.member(name="Sans Compte", listed=False, college="residents")
    await assembly.member(name="Bientôt", begins_on=day(1), college="residents")
    await assembly.member(name="Jadis", begins_on=day(-9), ends_on=day(-1), college="residents")
    members = (await assembly.read("/members"))["items"]
    assert [(each["name"], each["role"]) for each in members] == [(None, "member"), ("Ada Lovelace", "chair")]
    assert "person" not in members[1]
    own = await town.client.get(f"/v1/assemblies/{assembly.id}/members", headers=assembly.agent.headers)
    names = {each["name"] for each in own.json()["items"]}
    assert names == {"Ada Lovelace", "Sans Compte", "Bientôt", "Jadis"}
    assert (await assembly.read(""))["colleges"] == [{"code": "residents", "title": "Habitants"}]
    page = await town.client.get(f"{assembly.public}/members?limit=1")
    assert (len(page.json()["items"]), page.json()["next_cursor"] is None) == (1, False)
    file_ = await town.client.get(f"{assembly.public}/files/members.csv")
    lines = list(csv.DictReader(io.StringIO(file_.text)))
    assert {(line["name"], line["role"]) for line in lines} == {("Ada Lovelace", "chair"), ("", "member")}
    stored = await town.service.runtime.database.pool.fetchval(
        "SELECT name FROM assembly_member WHERE id = $1", shown["id"]
    )
    assert b"Lovelace" not in stored


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"ends_on": day(-2)}, "/ends_on"),
        ({"ends_on": "9999-12-31"}, "/ends_on"),
        ({"ends_on": 22_000 * 86_400}, "/ends_on"),
        ({"ends_on": "1900800000"}, "/ends_on"),
        ({"college": "nobles"}, "/college"),
    ],
)
async def test_a_mandate_has_an_end_and_a_college_that_there_is(
    town: Town, changes: dict[str, str], pointer: str
) -> None:
    assembly = await published(town)
    body = {"name": "Ada", "listed": True, "begins_on": day(-1), "ends_on": day(1)} | changes
    answer = await assembly.post(f"/v1/assemblies/{assembly.id}/members", body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_a_draft_is_nobodys_and_another_towns_agent_finds_nothing(town: Town) -> None:
    agent = town.service.agent()
    draft = Assembly(town, (await post(town, agent, "/v1/assemblies", assembly_body())).json())
    assert (await town.client.get(draft.public)).status_code == 404
    assert (await town.client.get(LIST)).json()["items"] == []
    assert (await draft.mine(town.service.citizen(), "followers")).status_code == 404
    assert (await draft.act(await draft.session(), "convene")).json()["code"] == "assembly-state"
    elsewhere = town.service.agent("lutece")
    answer = await post(town, elsewhere, f"/v1/assemblies/{draft.id}/sessions", session_body())
    assert answer.status_code == 404
    assert (await post(town, town.service.citizen(), "/v1/assemblies", assembly_body())).status_code == 403


async def test_a_mandate_is_told_as_it_begins_and_the_day_after_its_last(town: Town) -> None:
    assembly, ada = await published(town), town.service.citizen()
    member = await assembly.member(ada, begins_on=day(1), ends_on=day(10))
    assert await look(town) == []
    for _ in range(2):
        told = await look(town, 1)
    assert [(name, data["person"]) for name, data in told] == [("assembly-mandate-begun", ada.subject)]
    ended = await assembly.post(
        f"/v1/assemblies/{assembly.id}/members/{member['id']}/endings", {"ends_on": day(4), "reason": "moved"}
    )
    assert (ended.status_code, ended.json()["ends_on"], ended.json()["end_reason"]) == (201, day(4), "moved")
    assert len(await look(town, 4)) == 1, "the last day is part of the mandate"
    told = await look(town, 5)
    assert [(name, data.get("ended_on")) for name, data in told[1:]] == [("assembly-mandate-ended", day(4))]
    assert len(await look(town, 40)) == 2
    again = await assembly.post(
        f"/v1/assemblies/{assembly.id}/members/{member['id']}/endings", {"ends_on": day(8), "reason": "moved"}
    )
    assert (again.status_code, again.json()["code"]) == (409, "assembly-state")


async def test_a_mandate_that_cannot_be_told_keeps_no_other_from_its_turn(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, ada, endless = await published(town), town.service.citizen(), town.service.citizen()
    first = await broken.member(begins_on=day(-3))
    other = await published(town)
    await other.member(ada)
    lasting = await other.member(endless)
    pool = town.service.runtime.database.pool
    await pool.execute("UPDATE assembly_member SET ends_on = '9999-12-31' WHERE id = $1", lasting["id"])
    begun = assembly_events.mandate_begun

    def refuse(member: AssemblyMember, now: datetime) -> Event:
        if str(member.id) == first["id"]:
            raise ValueError
        return begun(member, now)

    monkeypatch.setattr(assembly_events, "mandate_begun", refuse)
    assert {data["person"] for _, data in await look(town)} == {ada.subject, endless.subject}
    monkeypatch.undo()
    assert len(await look(town)) == 3


async def test_the_members_of_that_day_are_convened_and_told_when_it_is_called_off(town: Town) -> None:
    assembly, ada, fan = await published(town), town.service.citizen(), town.service.citizen()
    await assembly.member(ada)
    await assembly.member()
    await assembly.member(town.service.citizen(), ends_on=day(0), begins_on=day(-3))
    await assembly.mine(fan, "followers")
    session = await assembly.session(hours=50)
    assert (await assembly.read("/sessions"))["items"] == []
    session = (await assembly.act(session, "convene")).json()
    told = [each for each in await look(town) if each[0] in {"assembly-session-told", "assembly-news-told"}]
    assert [(name, data.get("member", data.get("follower"))) for name, data in told] == [
        ("assembly-session-told", ada.subject),
        ("assembly-news-told", fan.subject),
    ]
    assert (told[0][1]["state"], told[1][1]["subject"]) == ("convened", "session-convened")
    headers = assembly.agent.headers | {"If-Match": f'"{session["version"]}"'}
    changed = await town.client.put(f"/v1/assembly-sessions/{session['id']}", json=session_body(9), headers=headers)
    assert (changed.status_code, changed.json()["code"]) == (409, "assembly-state")
    assert (await assembly.act(session, "convene")).json()["code"] == "conflict"
    assert (await assembly.act(session, "cancel")).status_code == 201
    states = [data["state"] for name, data in await look(town) if name == "assembly-session-told"]
    assert states == ["convened", "cancelled"]
    calendar = Calendar.from_ical((await town.client.get(f"{assembly.public}/files/calendar.ics")).content)
    (event,) = calendar.events
    assert (str(event["UID"]), str(event["STATUS"]), event["SEQUENCE"]) == (session["id"], "CANCELLED", 2)
    assert event.start == datetime.fromisoformat(session["begins_at"]).replace(microsecond=0)
    assert str(event["DESCRIPTION"]) == "1. Texte"


async def test_a_session_that_has_begun_is_not_called_off(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    assembly = await published(town)
    session = await convened(assembly, monkeypatch)
    assert (await assembly.act(session, "cancel")).json()["code"] == "conflict"
    assert (await assembly.minutes(session, "On a parlé du square.")).status_code == 201


async def test_a_session_in_the_last_hour_of_the_calendar_can_be_convened(town: Town) -> None:
    assembly = await published(town)
    end = {"begins_at": "9999-12-31T23:30:00Z", "ends_at": "9999-12-31T23:45:00Z"}
    assert (await assembly.act(await assembly.session(**end), "convene")).status_code == 201


async def test_how_many_came_is_public_and_who_did_not_is_nobodys_affair(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    assembly = await published(town, quorum=50)
    present, excused, absent = [await assembly.member(name=f"Nom {letter}") for letter in "ABC"]
    early = (await assembly.act(await assembly.session(), "convene")).json()
    assert (await assembly.note(early, **{present["id"]: "present"})).json()["code"] == "assembly-state"
    session = await convened(assembly, monkeypatch)
    noted = await assembly.note(session, **{present["id"]: "present", excused["id"]: "excused"})
    assert {each["member_id"]: each["presence"] for each in noted.json()["attendances"]} == {
        present["id"]: "present", excused["id"]: "excused", absent["id"]: "absent",
    }  # fmt: skip
    shown = await assembly.read(f"/sessions/{session['id']}")
    assert [shown[name] for name in ("members", "present", "quorum", "quorum_reached")] == [3, 1, 2, False]
    assert excused["id"] not in json.dumps(shown)
    noted = await assembly.note(noted.json(), **{present["id"]: "present", absent["id"]: "present"})
    assert (await assembly.read(f"/sessions/{session['id']}"))["quorum_reached"] is True
    unknown = await assembly.note(noted.json(), **{session["id"]: "present"})
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (422, "/attendances")
    lines = list(csv.DictReader(io.StringIO((await town.client.get(f"{assembly.public}/files/sessions.csv")).text)))
    assert ("3", "2", "2") in [(line["members"], line["present"], line["quorum"]) for line in lines]


async def test_minutes_are_approved_then_published_and_name_nobody_who_was_not_there(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    assembly, fan = await published(town), town.service.citizen()
    ada = await assembly.member(name="Ada Lovelace")
    await assembly.member(name="Éloïse Dupont-Durand")
    await assembly.mine(fan, "followers")
    session = await convened(assembly, monkeypatch)
    first = (await assembly.minutes(session, "Mme Éloïse DUPONT DURAND s'est excusée.")).json()
    assert (await assembly.act_on_minutes(first, "publish")).json()["code"] == "conflict"
    for wrong in (day(-2), day(2)):
        refused = await assembly.act_on_minutes(first, "approve", approved_on=wrong)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/approved_on")
    today = day_of(datetime.now(UTC) + AHEAD, PARIS).isoformat()
    assert (await assembly.act_on_minutes(first, "approve")).json()["approved_on"] == today
    assert (await assembly.act_on_minutes(first, "publish")).json()["code"] == "attendance-missing"
    session = (await assembly.note(session, **{ada["id"]: "present"})).json()
    refused = await assembly.act_on_minutes(first, "publish")
    assert (refused.status_code, refused.json()["code"]) == (409, "absent-named")
    second = (await assembly.minutes(session, "Ada Lovelace a présenté le square.")).json()
    assert second["number"] == 2
    for action in ("approve", "publish"):
        assert (await assembly.act_on_minutes(second, action)).status_code == 201
    shown = await assembly.read(f"/sessions/{session['id']}")
    assert [each["number"] for each in shown["minutes"]] == [2]
    assert (await assembly.read(f"/sessions/{session['id']}/minutes/2"))["text"].startswith("Ada")
    hidden = await town.client.get(f"{assembly.public}/sessions/{session['id']}/minutes/1")
    assert hidden.status_code == 404
    subjects = [data["subject"] for name, data in await look(town) if name == "assembly-news-told"]
    assert sorted(subjects) == ["minutes-published", "session-convened"]


async def test_who_follows_is_told_once_and_no_more_afterwards(town: Town) -> None:
    assembly, ada, bob = await published(town), town.service.citizen(), town.service.citizen()
    for who in (ada, ada, bob):
        assert (await assembly.mine(who, "followers")).json()["following"]
    await assembly.act(await assembly.session(), "convene")
    for _ in range(2):
        told = [data["follower"] for name, data in await look(town) if name == "assembly-news-told"]
    assert sorted(told) == sorted([ada.subject, bob.subject])
    assert (await assembly.mine(bob, "followers", "DELETE")).status_code == 204
    assert (await assembly.mine(bob, "followers", "GET")).json()["following"] is False
    await assembly.act(await assembly.session(), "convene")
    told = [data["follower"] for name, data in await look(town) if name == "assembly-news-told"]
    assert told[2:] == [ada.subject]


async def test_names_go_some_time_after_the_end_of_the_mandate(town: Town) -> None:
    assembly = await published(town)
    await assembly.member(town.service.citizen(), ends_on=day(0))
    await assembly.member(name="Reste", ends_on=day(90))
    await look(town, 30, retention=29)
    own = await town.client.get(f"/v1/assemblies/{assembly.id}/members", headers=assembly.agent.headers)
    assert [(each["name"], each["person"]) for each in own.json()["items"]] == [("Reste", None), (None, None)]
    assert await town.count("assembly_member") == 2


async def test_an_erased_person_has_no_name_any_more(town: Town) -> None:
    assembly, ada = await published(town), town.service.citizen()
    await assembly.member(ada)
    await town.service.runtime.persons.destroy(person(ada))
    assert [each["name"] for each in (await assembly.read("/members"))["items"]] == [None]
    body = {"name": "Ada", "listed": True, "begins_on": day(0), "ends_on": day(1), "person": ada.subject}
    assert (await assembly.post(f"/v1/assemblies/{assembly.id}/members", body)).status_code == 404


async def test_what_an_account_did_is_done_by_the_one_it_went_into(town: Town) -> None:
    assembly, absorbed, kept = await published(town), verified(town), verified(town)
    await assembly.member(absorbed, name="Ada Lovelace")
    for what, body in (("followers", None), ("volunteers", {"name": "Ada Lovelace", "listed": True})):
        assert (await assembly.mine(absorbed, what, body=body)).status_code == 200
    await assembly.mine(kept, "followers")
    await hear(town.service, merged(absorbed, kept))
    assert [each["name"] for each in (await assembly.read("/members"))["items"]] == ["Ada Lovelace"]
    assert (await assembly.mine(kept, "volunteers", "GET")).json()["volunteering"]
    await town.service.runtime.persons.destroy(person(absorbed))
    assert [each["name"] for each in (await assembly.read("/members"))["items"]] == ["Ada Lovelace"]
    await assembly.act(await assembly.session(), "convene")
    told = [(name, data.get("member", data.get("follower"))) for name, data in await look(town)]
    assert ("assembly-session-told", kept.subject) in told
    assert [who for name, who in told if name == "assembly-news-told"] == [kept.subject]


def person(who: Caller) -> UUID:
    return UUID(who.subject)
