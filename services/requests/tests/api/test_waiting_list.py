# SPDX-License-Identifier: EUPL-1.2
"""Waiting lists over the API: freed slots are offered to one person after the other."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from agendas import AGENDA, at
from requests_town import Town
from waiting_people import Waiting

from parvis_requests.service import offer_slots
from parvis_requests.service.follow_merge import follow_merge


@pytest.fixture
def waiting(town: Town) -> Waiting:
    return Waiting(town)


async def test_a_cancelled_slot_is_held_for_the_first_who_takes_it_and_waits_no_more(
    waiting: Waiting, town: Town
) -> None:
    agenda = await waiting.counter()
    first, second = await waiting.joined(agenda, 2)
    assert [(await waiting.places(each))[0]["position"] for each in (first, second)] == [1, 2]
    await waiting.freed()
    held = await waiting.offered(first)
    assert (held["starts_at"], held["version"]) == (at("09:00"), 1)
    ends_in = datetime.fromisoformat(held["offer_ends_at"]) - datetime.now(UTC)
    assert timedelta(hours=23) < ends_in <= timedelta(hours=24)
    assert (await waiting.places(second))[0]["offer"] is None
    assert at("09:00") not in await waiting.free()
    assert (await waiting.book(town.service.citizen(), at("09:00"))).json()["code"] == "slot-taken"
    # Neither the next in the list nor an agent takes it in their place, and nobody moves what is not theirs yet.
    assert (await waiting.change(second, held, "acceptance")).status_code == 404
    assert (await waiting.change(town.service.agent(), held, "acceptance")).status_code == 404
    assert (await waiting.change(first, held, "acceptance", version=7)).status_code == 412
    assert (await waiting.change(first, held, "cancellation")).json()["code"] == "appointment-over"
    calendar = await town.get(first, f"/v1/appointments/{held['id']}/calendar")
    assert "STATUS:TENTATIVE" in calendar.text
    taken = await waiting.change(first, held, "acceptance")
    assert (taken.status_code, taken.json()["state"], taken.json()["offer_ends_at"]) == (201, "booked", None)
    assert (await waiting.change(first, taken.json(), "acceptance")).json()["code"] == "offer-over"
    assert await waiting.places(first) == []
    assert [place["position"] for place in await waiting.places(second)] == [1]
    told = [(row["type"].split(".")[3], row["sequence"]) for row in await waiting.told() if held["id"] in row["data"]]
    assert told == [("appointment-offered", 1), ("appointment-booked", 2)]
    steps = (await town.get(first, f"/v1/appointments/{held['id']}/history")).json()["items"]
    assert [step["act"] for step in steps] == ["offered", "booked"]


async def test_who_declines_keeps_their_place_and_a_slot_that_nobody_wants_is_free_again(waiting: Waiting) -> None:
    agenda = await waiting.counter()
    first, second = await waiting.joined(agenda, 2)
    await waiting.freed()
    declined = await waiting.change(first, held := await waiting.offered(first), "refusal")
    assert (declined.status_code, declined.json()["state"]) == (201, "cancelled")
    assert [(place["position"], place["offer"]) for place in await waiting.places(first)] == [(1, None)]
    assert (await waiting.change(first, held, "acceptance")).status_code == 412
    # Nobody is offered a slot twice: after the second it is everybody's.
    assert at("09:00") not in await waiting.free()
    await waiting.change(second, await waiting.offered(second), "refusal")
    assert at("09:00") in await waiting.free()
    await waiting.freed("10:00")
    assert (await waiting.offered(first))["starts_at"] == at("10:00")


async def test_an_offer_that_nobody_answers_goes_on_to_the_next_and_ends_as_a_free_slot(
    waiting: Waiting, town: Town
) -> None:
    agenda = await waiting.counter()
    first, second = await waiting.joined(agenda, 2)
    await waiting.freed()
    held = await waiting.offered(first)
    early = (datetime.fromisoformat(held["offer_ends_at"]) - timedelta(seconds=1)).isoformat()
    assert await waiting.lapse(early) == 0
    # Two workers at once, and the person late.
    assert sorted(await asyncio.gather(*(waiting.lapse(held["offer_ends_at"]) for _ in range(2)))) == [0, 1]
    assert await waiting.places(first) == []
    assert (await waiting.change(first, held, "acceptance", version=2)).json()["code"] == "offer-over"
    after = await waiting.offered(second)
    assert (after["starts_at"], after["offer_ends_at"] > held["offer_ends_at"]) == (at("09:00"), True)
    steps = (await town.get(first, f"/v1/appointments/{held['id']}/history")).json()["items"]
    assert [step["act"] for step in steps] == ["offered", "lapsed"]
    assert await waiting.lapse(after["offer_ends_at"]) == 1
    assert await waiting.places(second) == []
    assert at("09:00") in await waiting.free()


async def test_past_its_time_an_offer_is_not_taken_even_before_the_worker_sees_it(waiting: Waiting, town: Town) -> None:
    (first,) = await waiting.joined(await waiting.counter(), 1)
    await waiting.freed()
    held = await waiting.offered(first)
    await town.service.runtime.database.pool.execute("UPDATE appointment_offer SET ends_at = now()")
    for act in ("acceptance", "refusal"):
        late = await waiting.change(first, held, act)
        assert (late.status_code, late.json()["code"]) == (409, "offer-over")


async def test_what_a_move_leaves_is_offered_within_the_times_that_people_wait_for(
    waiting: Waiting, town: Town
) -> None:
    agenda, citizen = await waiting.counter(), town.service.citizen()
    (later,) = await waiting.joined(agenda, 1, starts_after=at("10:00"))
    (sooner,) = await waiting.joined(agenda, 1, starts_before=at("10:00"))
    booked = (await waiting.book(citizen, at("09:30"))).json()
    await waiting.change(citizen, booked, "move", starts_at=at("11:00"))
    assert (await waiting.places(later))[0]["offer"] is None
    assert (await waiting.offered(sooner))["starts_at"] == at("09:30")


async def test_who_leaves_with_an_offer_leaves_it_to_the_next(waiting: Waiting) -> None:
    agenda = await waiting.counter()
    first, second = await waiting.joined(agenda, 2)
    await waiting.freed()
    (place,) = await waiting.places(first)
    assert [await waiting.leave(second, place), await waiting.leave(first, place, version=2)] == [404, 412]
    assert await waiting.leave(first, place) == 204
    assert await waiting.leave(first, place) == 404
    assert await waiting.places(first) == []
    assert (await waiting.offered(second))["starts_at"] == at("09:00")


async def test_what_cannot_be_waited_for_is_refused(waiting: Waiting, town: Town) -> None:
    agenda = await waiting.counter()
    citizen, agent = town.service.citizen(), town.service.agent()
    past = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    far = (datetime.now(UTC) + timedelta(days=366)).isoformat()
    assert (await waiting.join(agent, agenda)).status_code == 403
    for changes, status, code in (
        ({"kind": "inconnu"}, 422, "unknown-appointment-kind"),
        ({"agenda_id": str(UUID(int=7))}, 404, "unknown-agenda"),
        ({"starts_before": past}, 422, "no-time-to-wait-for"),
        ({"starts_before": far}, 422, "no-time-to-wait-for"),
        ({"starts_after": at("10:00"), "starts_before": at("10:00")}, 422, "no-time-to-wait-for"),
    ):
        refused = await waiting.join(citizen, agenda, **changes)
        assert (refused.status_code, refused.json()["code"]) == (status, code)
    answers = [await waiting.join(citizen, agenda) for _ in range(2)]
    assert [(answer.status_code, answer.json().get("code")) for answer in answers] == [
        (201, None), (409, "already-waiting"),
    ]  # fmt: skip
    for code in ("b", "c", "d", "e", "f"):
        await waiting.kind(agenda, code=code)
    answers = await asyncio.gather(*(waiting.join(citizen, agenda, kind=code) for code in ("b", "c", "d", "e", "f")))
    assert sorted(answer.json().get("code", "") for answer in answers) == ["", "", "", "", "too-many-waits"]
    assert await town.count("appointment_wait") == 5
    # Whoever waited for a time that is past waits no more.
    await waiting.lapse(far)
    assert await waiting.places(citizen) == []


async def test_an_agenda_that_offers_nothing_gives_slots_back_to_everybody(waiting: Waiting) -> None:
    agenda = await waiting.agenda(**AGENDA | {"offer_minutes": 0})
    await waiting.kind(agenda)
    (first,) = await waiting.joined(agenda, 1)
    await waiting.freed()
    assert (await waiting.places(first))[0]["offer"] is None
    assert at("09:00") in await waiting.free()


async def test_two_slots_freed_at_once_before_two_workers_go_to_two_people(waiting: Waiting, town: Town) -> None:
    people = await waiting.joined(await waiting.counter(), 4)
    givers = [town.service.citizen() for _ in range(2)]
    booked = [
        (await waiting.book(giver, at(clock))).json() for giver, clock in zip(givers, ("09:00", "10:00"), strict=True)
    ]
    freed = await asyncio.gather(
        *(waiting.change(giver, each, "cancellation") for giver, each in zip(givers, booked, strict=True))
    )
    assert [answer.status_code for answer in freed] == [201, 201]
    held = [await waiting.offered(person) for person in people[:2]]
    assert sorted(each["starts_at"] for each in held) == [at("09:00"), at("10:00")]
    last = max((each["offer_ends_at"] for each in held), key=datetime.fromisoformat)  # without fractions where none are
    assert sum(await asyncio.gather(*(waiting.lapse(last) for _ in range(2)))) == 2
    held = [await waiting.offered(person) for person in people[2:]]
    assert sorted(each["starts_at"] for each in held) == [at("09:00"), at("10:00")]
    offers = [json.loads(row["data"]) for row in await waiting.told() if "offered" in row["type"]]
    assert sorted(offer["person"] for offer in offers) == sorted(person.subject for person in people)


async def test_a_place_and_its_offer_move_with_the_account(waiting: Waiting, town: Town) -> None:
    first, second = await waiting.joined(await waiting.counter(), 2)
    await waiting.freed()
    runtime = town.service.runtime
    async with runtime.database.unit_of_work() as uow:
        absorbed, kept = UUID(first.subject), UUID(second.subject)
        await follow_merge(uow.session, runtime.persons, absorbed, kept, "paris", datetime.now(UTC))
        await uow.commit()
    assert [place["position"] for place in await waiting.places(second)] == [1]
    taken = await waiting.change(second, await waiting.offered(second), "acceptance")
    assert (taken.status_code, taken.json()["state"]) == (201, "booked")
    assert await town.count("appointment_wait") == 0


async def test_agents_see_who_waits_in_which_order_and_what_each_was_offered(waiting: Waiting, town: Town) -> None:
    agenda, agent = await waiting.counter(), town.service.agent()
    first, second = await waiting.joined(agenda, 2)
    await waiting.freed()
    refused = await waiting.offered(first)
    assert (await waiting.change(first, refused, "refusal")).status_code == 201
    path = f"/v1/agendas/{agenda}/waiting-list"
    seen = (await town.get(agent, path)).json()
    assert (seen["total"], [each["person"] for each in seen["items"]]) == (2, [first.subject, second.subject])
    assert [each["position"] for each in seen["items"]] == [1, 2]
    declined, held = [each["offers"] for each in seen["items"]]
    assert [(offer["appointment_id"], offer["open"]) for offer in declined] == [(refused["id"], False)]
    now_held = await waiting.offered(second)
    assert [(offer["appointment_id"], offer["open"], offer["offer_ends_at"]) for offer in held] == [
        (now_held["id"], True, now_held["offer_ends_at"])
    ]
    for caller, status in ((first, 403), (town.service.agent("lutece"), 404)):
        assert (await town.get(caller, path)).status_code == status


async def test_a_closure_names_the_slots_that_are_only_offered(waiting: Waiting, town: Town) -> None:
    agenda = await waiting.counter()
    (person,) = await waiting.joined(agenda, 1)
    await waiting.freed()
    held = await waiting.offered(person)
    closed = (await waiting.close(agenda, at("08:00"), at("13:00"))).json()
    (hit,) = closed["affected"]
    assert (hit["id"], hit["state"], hit["offer_ends_at"]) == (held["id"], "offered", held["offer_ends_at"])
    assert (await waiting.change(person, held, "acceptance")).json()["code"] == "not-a-slot"
    (listed,) = (await town.get(town.service.agent(), f"/v1/agendas/{agenda}/affected-appointments")).json()["items"]
    assert listed == hit


async def test_nothing_is_held_for_somebody_whose_request_leaves_and_nobody_waits_for_that(
    waiting: Waiting, town: Town
) -> None:
    agenda, pool = await waiting.counter(), town.service.runtime.database.pool
    first, second = await waiting.joined(agenda, 2)
    request = (await town.submit(first)).json()
    await town.write(town.service.agent(), request, "internal", "Elle est de Lutèce.")
    id_, person = UUID(request["id"]), UUID(first.subject)
    await pool.execute("UPDATE appointment_wait SET request_id = $1 WHERE person = $2", id_, person)
    await pool.execute(
        "INSERT INTO reporter (person, collectivity, contact, created_at) VALUES ($1, 'paris', 'x', now())", person
    )
    async with pool.acquire() as transferring, transferring.transaction():
        await transferring.execute("SELECT 1 FROM request WHERE id = $1 FOR UPDATE", id_)
        await transferring.execute(
            "INSERT INTO transfer (request_id, collectivity, agent, action, note_id, due_at, done_at, created_at)"
            " SELECT $1, 'paris', $1, 'send-on', id, now(), now(), now() FROM message WHERE request_id = $1",
            id_,
        )
        await waiting.freed()
        assert (await waiting.offered(second))["starts_at"] == at("09:00")
    assert (await waiting.places(first))[0]["offer"] is None
    await waiting.freed("10:00")
    assert await waiting.places(first) == []


async def test_who_waits_alone_is_offered_the_slot_once_an_agent_has_done_with_their_request(
    waiting: Waiting, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    agenda, pool = await waiting.counter(), town.service.runtime.database.pool
    (only,) = await waiting.joined(agenda, 1)
    id_ = UUID((await town.submit(only)).json()["id"])
    await pool.execute("UPDATE appointment_wait SET request_id = $1", id_)
    async with pool.acquire() as acting:
        act = acting.transaction()
        await act.start()
        await acting.execute("SELECT 1 FROM request WHERE id = $1 FOR UPDATE", id_)
        # However long it takes, whoever gives a slot back is not kept waiting.
        await waiting.freed()
        assert (await waiting.places(only))[0]["offer"] is None
        monkeypatch.setattr(offer_slots, "_pause", act.commit)
        await waiting.freed("10:00")
    assert (await waiting.offered(only))["starts_at"] == at("10:00")


async def test_an_offer_that_cannot_be_ended_holds_up_no_other(
    waiting: Waiting, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offer_slots, "_BATCH", 1)
    agenda, pool = await waiting.counter(), town.service.runtime.database.pool
    first, second = await waiting.joined(agenda, 2)
    await waiting.freed()
    await waiting.freed("10:00")
    stuck, other = await waiting.offered(first), await waiting.offered(second)
    async with pool.acquire() as holding, holding.transaction():
        await holding.execute("SELECT 1 FROM appointment_offer WHERE appointment_id = $1 FOR UPDATE", UUID(stuck["id"]))
        assert await waiting.lapse(other["offer_ends_at"]) == 1
    assert (await waiting.places(second), len(await waiting.places(first))) == ([], 1)
    assert await waiting.lapse(other["offer_ends_at"]) == 1
