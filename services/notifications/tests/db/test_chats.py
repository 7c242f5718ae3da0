# SPDX-License-Identifier: EUPL-1.2
"""Messages in rooms of a messenger: an address is shown to be its owner's, and each message is there once."""

import json

import pytest
from notifications_chats import CAMILLE, MESSAGES, Chats
from notifications_post import merged

from parvis_local.matrixsink.store import Fault
from parvis_notifications.domain.breaker import FAILURES
from parvis_notifications.domain.chat import CODES_A_DAY
from parvis_notifications.service.forget_erased import forget_erased


async def test_a_code_in_the_room_shows_whose_address_it_is(chats: Chats) -> None:
    person = chats.post.person()
    given = await chats.give(person)
    assert (given.status_code, given.json()["state"], given.json()["address"]) == (201, "pending", CAMILLE)
    path = f"{MESSAGES}/{given.json()['id']}"
    assert given.headers["location"].endswith(path)
    await chats.send()
    (room,) = chats.first.rooms()
    assert (room.name, room.guest, room.members[CAMILLE]) == ("Ville de Paris", CAMILLE, "invite")
    assert chats.texts(room)[0].startswith("Ville de Paris : votre code est ")
    shown = (await chats.post.get(person, "/v1/inbox-messages")).json()["items"][0]
    assert chats.code() not in json.dumps(shown)
    wrong = f"{(int(chats.code()) + 1) % 1_000_000:06}"
    assert (await chats.confirm(person, given.json()["id"], wrong)).json()["code"] == "wrong-code"
    stranger = chats.post.person("somebody@example.org")
    assert (await chats.confirm(stranger, given.json()["id"], chats.code())).status_code == 404
    right = await chats.confirm(person, given.json()["id"], chats.code())
    assert (right.status_code, right.json()["state"], right.json()["expires_at"]) == (200, "confirmed", None)
    read = await chats.post.get(person, path)
    assert (read.json(), read.headers["etag"]) == (right.json(), right.headers["etag"])
    stale = await chats.post.client.delete(path, headers=person.headers | {"If-Match": '"1"'})
    assert stale.status_code == 412
    gone = await chats.post.client.delete(path, headers=person.headers | {"If-Match": read.headers["etag"]})
    assert (gone.status_code, (await chats.post.get(person, path)).status_code) == (204, 404)


async def test_five_wrong_codes_are_the_end_of_it(chats: Chats) -> None:
    person = chats.post.person()
    id_ = (await chats.give(person)).json()["id"]
    await chats.send()
    code = chats.code()
    for number in range(1, 6):
        wrong = f"{(int(code) + number) % 1_000_000:06}"
        assert (await chats.confirm(person, id_, wrong)).status_code == 422
    assert (await chats.confirm(person, id_, code)).status_code == 404


async def test_codes_a_day_are_counted_for_accounts_and_for_addresses(chats: Chats) -> None:
    person = chats.post.person()
    answers = [(await chats.give(person, f"@camille-{number}:a.example")).status_code for number in range(6)]
    assert answers == [201] * CODES_A_DAY + [429]
    for _ in range(4):
        other = chats.post.person()
        assert [(await chats.give(other)).status_code for _ in range(CODES_A_DAY)] == [201] * CODES_A_DAY
    refused = await chats.give(chats.post.person())
    assert (refused.status_code, refused.json()["code"]) == (429, "too-many-codes")
    await chats.post.pool.execute("UPDATE chat_code SET created_at = created_at - interval '25 hours'")
    assert (await chats.give(person)).status_code == 201


@pytest.mark.parametrize(
    "address", ["camille", "@camille", "@cam ille:a.example", "@:a.example", "@c:", "@é:a.example"]
)
async def test_what_is_no_address_is_refused(chats: Chats, address: str) -> None:
    refused = await chats.give(chats.post.person(), address)
    assert (refused.status_code, refused.json()["code"]) == (422, "validation-failed")


async def test_a_new_address_takes_the_place_of_the_other_once_it_is_confirmed(chats: Chats) -> None:
    reader = await chats.reader()
    given = await chats.give(reader, "@camille:elsewhere.example")
    listed = (await chats.post.get(reader, MESSAGES)).json()["items"]
    assert [each["state"] for each in listed] == ["confirmed", "pending"]
    await chats.send()
    assert (await chats.confirm(reader, given.json()["id"], chats.code())).status_code == 200
    (only,) = (await chats.post.get(reader, MESSAGES)).json()["items"]
    assert (only["address"], only["state"]) == ("@camille:elsewhere.example", "confirmed")


async def test_what_waited_for_an_address_goes_to_the_one_that_took_its_place(chats: Chats) -> None:
    reader, elsewhere = await chats.reader(), "@camille:elsewhere.example"
    await chats.post.told(reader, "taken")
    await chats.post.pool.execute("UPDATE delivery SET due_at = now() + interval '1 day' WHERE state = 'pending'")
    given = await chats.give(reader, elsewhere)
    await chats.send()
    assert (await chats.confirm(reader, given.json()["id"], chats.code())).status_code == 200
    await chats.due()
    await chats.send()
    assert [(room.guest, len(room.messages)) for room in chats.first.rooms()] == [(CAMILLE, 1), (elsewhere, 2)]
    assert {state for state, _, _ in await chats.states()} == {"sent"}


async def test_a_code_for_an_address_that_was_given_up_goes_nowhere(chats: Chats) -> None:
    reader = await chats.reader()
    await chats.give(reader, "@camille:elsewhere.example")
    await chats.give(reader, "@camille:third.example")
    await chats.send()
    assert ("failed", "", "no-address") in await chats.states()
    assert [(room.guest, len(room.messages)) for room in chats.first.rooms()] == [
        (CAMILLE, 1),
        ("@camille:third.example", 1),
    ]


async def test_who_chose_it_reads_the_line_of_the_inbox_in_their_room(chats: Chats) -> None:
    reader = await chats.reader()
    await chats.post.told(reader, "taken", reference="R-2026-7KQ4-XM7")
    await chats.send()
    (room,) = chats.first.rooms()
    message = (await chats.post.get(reader, "/v1/inbox-messages")).json()["items"][0]
    assert chats.texts(room)[1:] == [f"{message['subject']}\n{message['link']}"]
    item = await chats.explained(reader)
    assert (item["outcome"], item["reason"], item["state"]) == ("sent", "chosen", "sent")
    (attempt,) = item["attempt_log"]
    assert (attempt["provider"], attempt["outcome"]) == ("first", "accepted")
    costs = await chats.post.pool.fetch("SELECT cost_millicents, provider_reference FROM delivery")
    assert {row["cost_millicents"] for row in costs} == {150}
    assert [row["provider_reference"] for row in costs][-1] in {event["event_id"] for event in room.messages}
    told = [json.loads(row["data"]) for row in await chats.post.pool.fetch("SELECT data FROM outbox")]
    assert {each["channel"] for each in told} == {"chat"}
    assert CAMILLE not in json.dumps(told)


async def test_nobody_is_written_to_who_has_not_chosen_or_not_confirmed(chats: Chats) -> None:
    person = chats.post.person()
    await chats.choose(person, "chat")
    await chats.give(person)
    await chats.post.told(person, "taken")
    assert (await chats.explained(person))["reason"] == "no-address"
    agent = chats.post.service.agent()
    assert (await chats.give(agent)).status_code == 403


@pytest.mark.parametrize(("fault", "status"), [(Fault.UNANSWERED, 502), (Fault.LOST, 502), (Fault.SLOW, 524)])
async def test_a_message_whose_answer_was_lost_is_there_once(chats: Chats, fault: Fault, status: int) -> None:
    reader = await chats.reader()
    await chats.post.told(reader, "taken")
    chats.first.store.faults.append(fault)
    await chats.send()
    assert (await chats.states())[-1] == ("retry", "first", str(status))
    chats.first.store.forget_transactions()
    await chats.due()
    await chats.send()
    (room,) = chats.first.rooms()
    assert len(room.messages) == 2
    assert ((await chats.states())[-1][0], chats.second.rooms()) == ("sent", [])
    attempts = (await chats.explained(reader))["attempt_log"]
    assert [each["outcome"] for each in attempts] == ["unanswered", "accepted"]


async def test_a_worker_that_died_after_it_sent_sends_nothing_again(chats: Chats) -> None:
    reader = await chats.reader()
    await chats.post.told(reader, "taken")
    await chats.send()
    await chats.post.pool.execute(
        "UPDATE delivery SET state = 'sending', sent_at = NULL, provider_reference = NULL, due_at = now()"
        " WHERE message_id = (SELECT id FROM message WHERE template = 'request-taken')"
    )
    chats.first.store.forget_transactions()
    await chats.send()
    (room,) = chats.first.rooms()
    assert (len(room.messages), (await chats.states())[-1][0]) == (2, "sent")


@pytest.mark.parametrize("fault", [Fault.AWAY, Fault.THROTTLED, Fault.TOKEN])
async def test_the_second_homeserver_steps_in_in_a_room_of_its_own(chats: Chats, fault: Fault) -> None:
    reader = await chats.reader()
    await chats.post.told(reader, "taken")
    chats.first.store.faults.append(fault)
    await chats.send()
    assert (await chats.states())[-1][:2] == ("sent", "second")
    (room,) = chats.second.rooms()
    assert (room.guest, len(room.messages)) == (CAMILLE, 1)
    assert [each["provider"] for each in (await chats.explained(reader))["attempt_log"]] == ["first", "second"]


async def test_a_homeserver_in_trouble_is_left_alone(chats: Chats) -> None:
    reader = await chats.reader()
    tries = chats.first.store.tries
    chats.first.store.faults.extend([Fault.AWAY] * 50)
    for _ in range(FAILURES + 2):
        await chats.post.told(reader, "taken")
    await chats.send()
    assert chats.first.store.tries == tries + FAILURES
    assert {state for state, _, _ in await chats.states()} == {"sent"}


async def test_what_nobody_takes_waits_and_fails_in_the_end(chats: Chats) -> None:
    reader = await chats.reader()
    await chats.post.told(reader, "taken")
    await chats.again(chat_providers=(chats.first.settings(),))
    chats.first.store.faults.append(Fault.THROTTLED)
    await chats.send()
    assert (await chats.states())[-1] == ("retry", "first", "429")
    await chats.post.pool.execute("UPDATE delivery SET created_at = created_at - interval '13 hours'")
    chats.first.store.faults.append(Fault.AWAY)
    await chats.due()
    await chats.send()
    assert (await chats.states())[-1][0] == "failed"


@pytest.mark.parametrize(("fault", "end"), [(Fault.UNANSWERED, "sent"), (Fault.LOST, "failed")])
async def test_what_is_in_doubt_is_looked_for_when_it_is_too_late_to_send(chats: Chats, fault: Fault, end: str) -> None:
    reader = await chats.reader()
    await chats.post.told(reader, "taken")
    chats.first.store.faults.append(fault)
    await chats.send()
    await chats.again(chat_providers=(chats.second.settings(),))
    await chats.post.pool.execute("UPDATE delivery SET created_at = created_at - interval '13 hours'")
    await chats.due()
    await chats.send()
    assert (await chats.states())[-1] == ("retry", "first", "no-provider")
    await chats.again()
    await chats.due()
    await chats.send()
    (room,) = chats.first.rooms()
    assert ((await chats.states())[-1][0], chats.second.rooms()) == (end, [])
    assert len(room.messages) == (2 if end == "sent" else 1)


async def test_what_nobody_can_say_for_ten_days_is_unknown_and_not_sent_again(chats: Chats) -> None:
    reader = await chats.reader()
    await chats.post.told(reader, "taken")
    chats.first.store.faults.append(Fault.UNANSWERED)
    await chats.send()
    await chats.again(chat_providers=(chats.second.settings(),))
    await chats.post.pool.execute("UPDATE delivery SET created_at = created_at - interval '11 days'")
    await chats.due()
    await chats.send()
    assert (await chats.states())[-1][0] == "unknown"
    assert (await chats.explained(reader))["finality"] == "unknown"
    assert chats.second.rooms() == []


async def test_each_town_has_the_homeservers_that_write_for_it(chats: Chats) -> None:
    reader = await chats.reader()
    await chats.post.told(reader, "taken")
    await chats.again(chat_providers=(chats.first.settings(collectivities=("lyon",)), chats.second.settings()))
    await chats.send()
    assert (await chats.states())[-1][:2] == ("sent", "second")


async def test_a_town_for_which_no_homeserver_writes_any_more_tells_nobody_there(chats: Chats) -> None:
    reader = await chats.reader()
    chats.post.more["chat_providers"] = (chats.first.settings(collectivities=("lyon",)),)
    await chats.post.told(reader, "taken")
    found = await chats.explained(reader)
    assert (found["outcome"], found["reason"]) == ("withheld", "not-offered")


async def test_the_account_that_stays_has_the_address(chats: Chats) -> None:
    reader, other = await chats.reader(), chats.post.person("other@example.org")
    await chats.post.told(reader, "taken")
    await chats.post.hear(merged(reader, other))
    (item,) = (await chats.post.get(other, MESSAGES)).json()["items"]
    assert (item["address"], item["state"]) == (CAMILLE, "confirmed")
    await chats.send()
    await chats.due()
    await chats.send()
    (room,) = chats.first.rooms()
    assert len(room.messages) == 2


async def test_erasing_somebody_takes_their_address_away(chats: Chats) -> None:
    reader = await chats.reader()
    runtime = chats.post.service.runtime
    await runtime.persons.destroy(reader.person)
    await forget_erased(chats.post.pool, runtime.persons, pause_seconds=0)
    assert await chats.post.pool.fetchval("SELECT count(*) FROM chat_address") == 0
