# SPDX-License-Identifier: EUPL-1.2
"""The rooms of a messenger: each is made once, its person is invited to it, and the town leaves it in the end."""

from uuid import UUID

import pytest
from notifications_chats import CAMILLE, MESSAGES, Chats

from parvis_local.matrixsink.store import Fault
from parvis_notifications.domain.breaker import FAILURES
from parvis_notifications.outgoing.matrix import Matrix

TOWN = "@mairie:parvis.localhost"
REQUEST = "0190a8d2-0000-7000-8000-000000000001"
TYPO = "@camille:away.example"


async def test_a_room_whose_answer_was_lost_is_found_by_its_name(chats: Chats) -> None:
    chats.first.store.faults.append(Fault.UNANSWERED)
    reader = chats.post.person()
    await chats.give(reader)
    await chats.again(chat_providers=(chats.first.settings(),))
    await chats.send()
    assert [chats.texts(room) for room in chats.first.rooms()] == [[]]
    await chats.due()
    await chats.send()
    (room,) = chats.first.rooms()
    assert len(chats.texts(room)) == 1


async def test_who_declined_before_the_answer_came_is_not_written_to(chats: Chats) -> None:
    reader = chats.post.person()
    await chats.give(reader)
    chats.first.store.faults.append(Fault.UNANSWERED)
    await chats.again(chat_providers=(chats.first.settings(),))
    await chats.send()
    (room,) = chats.first.rooms()
    chats.first.store.invite(room, CAMILLE, TOWN)
    chats.guest(room, act="leave")
    await chats.due()
    await chats.send()
    assert (await chats.states(), room.messages) == ([("failed", "first", "left-room")], [])
    (item,) = (await chats.post.get(reader, MESSAGES)).json()["items"]
    assert item["state"] == "left"


async def test_who_cannot_be_invited_is_not_reached(chats: Chats) -> None:
    reader = chats.post.person()
    await chats.give(reader, "@nobody:parvis.localhost")
    await chats.send()
    assert await chats.states() == [("failed", "first", "M_FORBIDDEN")]
    (item,) = (await chats.post.get(reader, MESSAGES)).json()["items"]
    assert item["state"] == "left"


async def test_a_user_whom_the_homeserver_does_not_know_says_nothing_of_the_address(chats: Chats) -> None:
    reader = chats.post.person()
    await chats.give(reader)
    await chats.again(chat_providers=(chats.first.settings(user_id="@stranger:parvis.localhost"),))
    await chats.send()
    assert await chats.states() == [("retry", "first", "user-unknown-403")]
    (item,) = (await chats.post.get(reader, MESSAGES)).json()["items"]
    assert item["state"] == "pending"


async def test_a_homeserver_that_is_nowhere_is_not_the_towns_trouble(chats: Chats) -> None:
    for _ in range(FAILURES):
        assert (await chats.give(chats.post.person(), TYPO)).status_code == 201
    await chats.send()
    assert await chats.states() == [("retry", "first", "M_UNKNOWN")] * FAILURES
    assert chats.second.rooms() == []
    waits = await chats.post.pool.fetch("SELECT extract(epoch FROM due_at - now()) AS s FROM delivery")
    assert all(25 < wait["s"] <= 30 for wait in waits)
    await chats.give(chats.post.person(), CAMILLE)
    await chats.send()
    assert (await chats.states())[-1][:2] == ("sent", "first")


async def test_who_is_at_a_homeserver_in_trouble_is_invited_when_it_is_back(chats: Chats) -> None:
    reader = chats.post.person()
    await chats.give(reader, TYPO)
    waits = []
    for _ in range(3):
        await chats.send()
        waits.append(await chats.post.pool.fetchval("SELECT extract(epoch FROM due_at - now()) FROM delivery"))
        await chats.due()
    assert [round(wait / 30) for wait in waits] == [1, 2, 4]
    chats.first.store.away.clear()
    await chats.send()
    (room,) = chats.first.rooms()
    assert (room.members[TYPO], len(room.messages), await chats.states()) == ("invite", 1, [("sent", "first", "sent")])


async def test_who_is_at_a_homeserver_that_stays_away_is_not_reached(chats: Chats) -> None:
    reader = chats.post.person()
    await chats.give(reader, TYPO)
    await chats.send()
    await chats.post.pool.execute("UPDATE delivery SET useless_at = now()")
    await chats.due()
    await chats.send()
    assert (await chats.states())[-1] == ("failed", "first", "too-late")
    (room,) = chats.first.rooms()
    assert (room.guest, room.messages) == ("", [])


async def test_the_town_leaves_the_room_of_an_address_that_is_used_no_more(chats: Chats) -> None:
    reader = await chats.reader()
    await chats.leave()
    (room,) = chats.first.rooms()
    assert room.members[TOWN] == "join"
    (item,) = (await chats.post.get(reader, MESSAGES)).json()["items"]
    path = f"{MESSAGES}/{item['id']}"
    tag = (await chats.post.get(reader, path)).headers["etag"]
    assert (await chats.post.client.delete(path, headers=reader.headers | {"If-Match": tag})).status_code == 204
    await chats.again(chat_providers=(chats.first.settings(as_token="token-that-holds-no-more"),))
    await chats.leave()
    assert (room.members[TOWN], await chats.post.pool.fetchval("SELECT count(*) FROM chat_room")) == ("join", 1)
    await chats.again()
    await chats.post.due_now("chat_room")
    await chats.leave()
    assert (room.members[TOWN], await chats.post.pool.fetchval("SELECT count(*) FROM chat_room")) == ("leave", 0)


async def test_a_room_made_for_an_address_that_is_taken_away_meanwhile_is_left(
    chats: Chats, monkeypatch: pytest.MonkeyPatch
) -> None:
    await chats.give(chats.post.person())
    made = Matrix.open_room

    async def slow(self: Matrix, key: UUID, to: str, title: str) -> str:
        await chats.post.pool.execute("DELETE FROM chat_address")
        await chats.leave()
        assert await chats.post.pool.fetchval("SELECT count(*) FROM chat_room") == 0
        return await made(self, key, to, title)

    monkeypatch.setattr(Matrix, "open_room", slow)
    await chats.send()
    (room,) = chats.first.rooms()
    assert (await chats.states(), room.messages) == ([("failed", "first", "no-address")], [])
    await chats.leave()
    assert (room.members[TOWN], await chats.post.pool.fetchval("SELECT count(*) FROM chat_room")) == ("leave", 0)


async def test_a_room_of_which_nobody_knows_whether_it_was_made_is_left(chats: Chats) -> None:
    person = chats.post.person()
    given = (await chats.give(person)).json()["id"]
    await chats.again(chat_providers=(chats.first.settings(),))
    chats.first.store.faults.append(Fault.UNANSWERED)
    await chats.send()
    await chats.give(person, "@camille:elsewhere.example")
    assert (await chats.post.get(person, f"{MESSAGES}/{given}")).status_code == 404
    await chats.leave()
    (room,) = chats.first.rooms()
    assert room.members[TOWN] == "leave"


async def test_a_round_that_finds_no_room_to_leave_wakes_no_loop_of_the_worker(
    chats: Chats, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[None] = []
    monkeypatch.setattr(chats.post.service.runtime.database, "on_commit", lambda: rung.append(None))
    await chats.leave()
    assert rung == [], "each loop would wake all, itself too, for ever"


async def test_a_room_that_the_homeserver_put_the_town_out_of_is_made_anew(chats: Chats) -> None:
    reader = await chats.reader()
    lost = chats.first.rooms()[0]
    await chats.post.told(reader, "taken", request_id=REQUEST)
    await chats.send()
    chats.first.store.move(lost, TOWN, "ban", by=TOWN)
    for sequence, provider in enumerate(("second", "first"), 2):
        await chats.post.told(reader, "resolved", request_id=REQUEST, sequence=sequence)
        await chats.send()
        assert (await chats.states())[-1][:2] == ("sent", provider)
    (item,) = (await chats.post.get(reader, MESSAGES)).json()["items"]
    assert item["state"] == "confirmed"
    _, made = chats.first.rooms()
    (said,) = made.messages
    assert "m.relates_to" not in said["content"], "what it would be under is in the other room"
    await chats.leave()
    rooms = await chats.post.pool.fetch("SELECT room FROM chat_room WHERE provider = 'first'")
    assert [row["room"] for row in rooms] == [made.id]


async def test_what_a_lost_room_may_have_is_looked_for_there_alone(chats: Chats) -> None:
    reader = await chats.reader()
    await chats.post.told(reader, "taken")
    chats.first.store.faults.append(Fault.UNANSWERED)
    await chats.send()
    (room,) = chats.first.rooms()
    chats.first.store.move(room, TOWN, "ban", by=TOWN)
    await chats.due()
    await chats.send()
    assert (await chats.states())[-1] == ("retry", "first", "M_FORBIDDEN")
    wait = await chats.post.pool.fetchval("SELECT max(extract(epoch FROM due_at - now())) FROM delivery")
    assert 25 < wait <= 60
    chats.first.store.move(room, TOWN, "join", by=TOWN)
    await chats.due()
    await chats.send()
    assert (chats.first.rooms(), chats.second.rooms(), len(room.messages)) == ([room], [], 2)
    assert (await chats.states())[-1][0] == "sent"
