# SPDX-License-Identifier: EUPL-1.2
"""Appointments as people and agents book, move and cancel them over the API."""

import asyncio
import json
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest
from agendas import Agendas, at, working_day
from requests_town import Town

from parvis_requests.service.read_appointments import forget_appointments


@pytest.fixture
def agendas(town: Town) -> Agendas:
    return Agendas(town)


async def test_a_person_books_one_of_the_free_slots_that_everybody_sees(agendas: Agendas, town: Town) -> None:
    agenda, citizen = await agendas.counter(), town.service.citizen()
    offered = (await agendas.slots(starts_after=at("00:00"), starts_before=at("23:00"))).json()["items"]
    assert [slot["starts_at"] for slot in offered] == [
        at(clock) for clock in ("09:00", "09:30", "10:00", "10:30", "11:00", "11:30")
    ]
    assert offered[0]["agendas"] == [agenda]
    booked = await agendas.book(citizen, offered[1]["starts_at"])
    assert booked.status_code == 201, booked.text
    body = booked.json()
    assert (body["kind"], body["state"], body["person"]) == (
        {"code": "passeport", "label": "Passeport"},
        "booked",
        None,
    )
    assert body["agenda"] == {"id": agenda, "label": "Guichet 1", "place": "Mairie, rez-de-chaussée"}
    assert datetime.fromisoformat(body["changes_end_at"]) < datetime.fromisoformat(body["starts_at"])
    left = (await agendas.slots(starts_after=at("00:00"), starts_before=at("23:00"))).json()["items"]
    assert left == [offered[0], *offered[2:]]
    for caller, status in ((citizen, 200), (town.service.agent(), 200), (town.service.citizen(), 404)):
        assert (await town.get(caller, f"/v1/appointments/{body['id']}")).status_code == status
    (told,) = await agendas.told()
    assert told["type"] == "fr.parvis.requests.appointment-booked.v1"
    assert json.loads(told["data"])["person"] == citizen.subject


async def test_of_fifty_who_want_one_slot_one_gets_it_and_the_others_are_offered_the_next(
    agendas: Agendas, town: Town
) -> None:
    await agendas.counter()
    callers = [town.service.citizen() for _ in range(50)]
    answers = await asyncio.gather(*(agendas.book(caller, at("09:30")) for caller in callers))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 49}
    for answer in answers:
        if answer.status_code == 409:
            problem = answer.json()
            assert problem["code"] == "slot-taken"
            assert [slot["starts_at"] for slot in problem["free_slots"]][:2] == [at("10:00"), at("10:30")]
            assert len(problem["free_slots"]) == 5
    assert await town.count("appointment") == 1
    assert len(await agendas.told()) == 1


async def test_the_database_itself_refuses_two_appointments_at_once(agendas: Agendas, town: Town) -> None:
    await agendas.counter()
    booked = (await agendas.book(town.service.citizen(), at("09:30"))).json()
    again = (
        "INSERT INTO appointment (id, collectivity, kind_id, agenda_id, person, starts_at, ends_at, frees_at, state,"
        " version, created_at, updated_at) SELECT gen_random_uuid(), collectivity, kind_id, agenda_id, person,"
        " starts_at + $2::interval, ends_at + $2::interval, frees_at + $2::interval, state, 1, created_at, updated_at"
        " FROM appointment WHERE id = $1"
    )
    pool = town.service.runtime.database.pool
    with pytest.raises(asyncpg.ExclusionViolationError):
        # It begins in the time that is kept free after the other.
        await pool.execute(again, booked["id"], timedelta(minutes=25))
    await pool.execute(again, booked["id"], timedelta(minutes=30))
    await pool.execute("UPDATE appointment SET state = 'cancelled' WHERE id = $1", booked["id"])
    await pool.execute(
        again.replace("SELECT gen", "SELECT gen").replace("state, 1", "'booked', 1"), booked["id"], timedelta(0)
    )


async def test_without_an_agenda_whichever_is_free_is_taken(agendas: Agendas, town: Town) -> None:
    first, second = await agendas.agenda(), await agendas.agenda(name={"fr": "Guichet 2", "en": "Counter 2"})
    await agendas.kind(first, second)
    answers = [await agendas.book(town.service.citizen(), at("10:00")) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 409]
    assert {answer.json()["agenda"]["id"] for answer in answers[:2]} == {first, second}
    taken = await agendas.book(town.service.citizen(), at("10:30"), agenda_id=second)
    assert taken.json()["agenda"]["id"] == second
    assert (await agendas.slots(starts_after=at("10:29"), limit=1)).json()["items"][0]["agendas"] == [first]


async def test_the_list_of_slots_is_paged_by_time(agendas: Agendas) -> None:
    await agendas.counter()
    window: dict[str, Any] = {"starts_after": at("00:00"), "starts_before": at("23:00"), "limit": 4}
    first = (await agendas.slots(**window)).json()
    rest = (await agendas.slots(**window | {"starts_after": first["next_starts_after"]})).json()
    assert (len(first["items"]), len(rest["items"]), rest["next_starts_after"]) == (4, 2, None)
    assert first["items"][-1]["starts_at"] < rest["items"][0]["starts_at"]
    # However far a window is said to reach, what is seen through is bounded.
    whole = await agendas.slots(starts_after="0001-01-01T00:00:00Z", starts_before="9999-12-31T23:59:59Z", limit=100)
    assert whole.status_code == 200
    assert (await agendas.slots(starts_after="9999-12-31T23:59:59Z")).json()["items"] == []
    assert (await agendas.slots("inconnu")).status_code == 404


@pytest.mark.parametrize("clock", ["08:30", "09:10", "11:50", "12:00"])
async def test_what_is_no_slot_is_not_booked(agendas: Agendas, town: Town, clock: str) -> None:
    await agendas.counter()
    answer = await agendas.book(town.service.citizen(), at(clock))
    assert (answer.status_code, answer.json()["code"]) == (422, "not-a-slot")
    assert await town.count("appointment") == 0


async def test_lead_and_horizon_bind_people_and_the_lead_no_agent(agendas: Agendas, town: Town) -> None:
    await agendas.counter(lead_minutes=30 * 24 * 60, horizon_days=60)
    citizen, agent = town.service.citizen(), town.service.agent()
    request = (await town.submit(citizen)).json()
    assert (await agendas.book(citizen, at("09:00"))).json()["code"] == "not-a-slot"
    assert (await agendas.book(agent, at("09:00"))).json()["code"] == "request-required"
    booked = await agendas.book(agent, at("09:00"), request_id=request["id"])
    assert (booked.status_code, booked.json()["person"]) == (201, citizen.subject)
    assert (await agendas.book(agent, at("09:00", working_day(20)), request_id=request["id"])).json()["code"] == (
        "not-a-slot"
    )
    mine = (await town.get(citizen, f"/v1/appointments?request_id={request['id']}")).json()["items"]
    assert [each["id"] for each in mine] == [booked.json()["id"]]
    stranger = await agendas.book(town.service.citizen(), at("09:30"), request_id=request["id"])
    assert stranger.status_code == 404


async def test_who_is_assisted_has_the_appointment_and_the_agent_stands_in_its_history(
    agendas: Agendas, town: Town
) -> None:
    await agendas.counter()
    agent = town.service.agent()
    assisted = town.service.citizen(act={"sub": agent.subject, "kind": "agent"})
    booked = (await agendas.book(assisted, at("09:00"))).json()
    (step,) = (await town.get(agent, f"/v1/appointments/{booked['id']}/history")).json()["items"]
    assert (step["act"], step["by_agent"], step["actor"]) == ("booked", True, agent.subject)
    mine = (await town.get(assisted, f"/v1/appointments/{booked['id']}/history")).json()["items"]
    assert [(each["by_agent"], each["actor"]) for each in mine] == [(True, None)]


async def test_nobody_keeps_a_towns_slots_for_themselves(agendas: Agendas, town: Town) -> None:
    await agendas.counter()
    citizen = town.service.citizen()
    clocks = ("09:00", "09:30", "10:00", "10:30", "11:00", "11:30")
    answers = await asyncio.gather(*(agendas.book(citizen, at(clock)) for clock in clocks))
    assert Counter(answer.status_code for answer in answers) == {201: 5, 409: 1}
    assert [a.json()["code"] for a in answers if a.status_code == 409] == ["too-many-appointments"]


async def test_a_person_moves_and_cancels_in_time_and_sees_what_was_done(agendas: Agendas, town: Town) -> None:
    await agendas.counter()
    citizen = town.service.citizen()
    booked = (await agendas.book(citizen, at("09:00"))).json()
    other = (await agendas.book(town.service.citizen(), at("10:00"))).json()
    assert other["state"] == "booked"
    refused = await agendas.change(citizen, booked, "move", starts_at=at("10:00"))
    assert (refused.status_code, refused.json()["code"]) == (409, "slot-taken")
    assert refused.json()["free_slots"][0]["starts_at"] == at("10:30")
    assert (await agendas.change(citizen, booked, "move", starts_at=at("11:00"), version=7)).status_code == 412
    moved = (await agendas.change(citizen, booked, "move", starts_at=at("09:30"))).json()
    assert (moved["starts_at"], moved["version"]) == (at("09:30"), 2)
    assert (await agendas.book(town.service.citizen(), at("09:00"))).status_code == 201
    gone = (await agendas.change(citizen, moved, "cancellation")).json()
    assert (gone["state"], gone["version"]) == ("cancelled", 3)
    again = await agendas.change(citizen, gone, "move", starts_at=at("11:00"))
    assert (again.status_code, again.json()["code"]) == (409, "appointment-over")
    assert (await agendas.book(town.service.citizen(), at("09:30"))).status_code == 201
    steps = (await town.get(citizen, f"/v1/appointments/{booked['id']}/history")).json()["items"]
    assert [(step["act"], step["starts_at"]) for step in steps] == [
        ("booked", at("09:00")), ("moved", at("09:30")), ("cancelled", at("09:30")),
    ]  # fmt: skip
    told = [json.loads(row["data"]) for row in await agendas.told() if booked["id"] in row["data"]]
    assert [(data["sequence"], data.get("moved_from"), data.get("by_agent")) for data in told] == [
        (1, None, None), (2, at("09:00").replace("Z", ".000Z"), False), (3, None, False),
    ]  # fmt: skip


async def test_past_the_time_said_only_an_agent_changes_it_and_says_why(agendas: Agendas, town: Town) -> None:
    await agendas.counter(change_until_minutes=30 * 24 * 60)
    citizen, agent = town.service.citizen(), town.service.agent()
    booked = (await agendas.book(citizen, at("09:00"))).json()
    for act, body in (("move", {"starts_at": at("09:30")}), ("cancellation", {})):
        late = await agendas.change(citizen, booked, act, **body)
        assert (late.status_code, late.json()["code"]) == (409, "too-late-to-change")
        mute = await agendas.change(agent, booked, act, **body)
        assert (mute.status_code, mute.json()["errors"][0]["pointer"]) == (422, "/reason")
    moved = (await agendas.change(agent, booked, "move", starts_at=at("09:30"), reason="Agent souffrant")).json()
    assert (await town.get(citizen, f"/v1/appointments/{booked['id']}")).json()["reason"] == "Agent souffrant"
    kept = await town.service.runtime.database.pool.fetchval("SELECT reason FROM appointment")
    assert b"souffrant" not in kept
    gone = await agendas.change(agent, moved, "cancellation", reason="Guichet fermé")
    assert (gone.status_code, gone.json()["reason"]) == (201, "Guichet fermé")
    assert json.loads((await agendas.told())[-1]["data"])["by_agent"] is True


async def test_a_booking_sent_twice_is_one(agendas: Agendas, town: Town) -> None:
    await agendas.counter()
    citizen, body = town.service.citizen(), {"kind": "passeport", "starts_at": at("09:00")}
    headers = citizen.headers | {"Idempotency-Key": "twice"}
    first, second = [await town.client.post("/v1/appointments", json=body, headers=headers) for _ in range(2)]
    assert (second.status_code, second.json()) == (201, first.json())
    assert second.headers["idempotency-replayed"] == "true"
    assert await town.count("appointment") == 1


async def test_what_ended_long_ago_is_forgotten_with_its_history(agendas: Agendas, town: Town) -> None:
    await agendas.counter()
    ended = datetime.fromisoformat((await agendas.book(town.service.citizen(), at("09:00"))).json()["ends_at"])
    await agendas.book(town.service.citizen(), at("09:30"))
    kept, database = timedelta(days=365), town.service.runtime.database
    assert await forget_appointments(database, kept, ended + kept) == 0
    assert await forget_appointments(database, kept, ended + kept + timedelta(seconds=1)) == 1
    assert (await town.count("appointment"), await town.count("appointment_step")) == (1, 1)
