# SPDX-License-Identifier: EUPL-1.2
"""What people write in their rooms comes to the town once, where it belongs; who leaves is reached there no more."""

import json
from typing import Any

import pytest
from notifications_chats import CAMILLE, MESSAGES, Chats
from notifications_post import Post

from parvis_local.matrixsink.store import Event, Room
from parvis_notifications.domain.room_events import Moved, Said, room_event
from parvis_notifications.service import hear_rooms
from parvis_testing import Caller

TOWN = "@mairie:parvis.localhost"


async def received(post: Post) -> list[dict[str, Any]]:
    """What the service that it is for is given, the first first."""
    rows = await post.pool.fetch("SELECT * FROM inbound_message ORDER BY received_at, id")
    system = post.service.caller(kind="system", collectivity="*", sub="parvis-requests")
    found = []
    for row in rows:
        path = f"/internal/v1/inbound-messages/{row['id']}?collectivity=paris"
        found.append((await post.service.internal.get(path, headers=system.headers)).json())
    return found


async def told(chats: Chats) -> list[dict[str, Any]]:
    rows = await chats.post.pool.fetch("SELECT data FROM outbox WHERE type LIKE '%message-received%' ORDER BY id")
    return [json.loads(row["data"]) for row in rows]


async def asked(chats: Chats, reader: Caller, *requests: str) -> Room:
    """Each of these requests was taken, and their reader told so in the room."""
    for each in requests:
        await chats.post.told(reader, "taken", request_id=each)
        await chats.send()  # one by one: what is sent at the same moment comes in any order
    room = chats.first.rooms()[-1]
    chats.first.store.news.clear()
    return room


ONE, TWO = "0190a8d2-0000-7000-8000-000000000001", "0190a8d2-0000-7000-8000-000000000002"


async def test_an_answer_in_a_thread_belongs_to_its_request_and_comes_once(chats: Chats) -> None:
    reader = await chats.reader()
    room = await asked(chats, reader, ONE, TWO)
    roots = [event["event_id"] for event in room.messages[1:]]
    chats.guest(room, act="write", text="C’est devant le numéro 12.", root=roots[1])
    assert await chats.bring(times=2) == 200
    (message,) = await received(chats.post)
    assert (message["way"], message["request_id"], message["held"]) == ("chat", TWO, None)
    assert (message["sender"], message["text"], message["person"]) == (
        CAMILLE,
        "C’est devant le numéro 12.",
        reader.subject,
    )
    (event,) = await told(chats)
    assert (event["way"], event["request_id"]) == ("chat", TWO)
    assert "devant" not in json.dumps(event)
    assert CAMILLE not in json.dumps(event)


async def test_what_follows_about_one_request_is_under_the_first(chats: Chats) -> None:
    reader = await chats.reader()
    room = await asked(chats, reader, ONE)
    await chats.post.told(reader, "resolved", request_id=ONE, sequence=2)
    await chats.send()
    await chats.post.told(reader, "taken", request_id=TWO)
    await chats.send()
    first, second, other = (event["content"].get("m.relates_to") for event in room.messages[1:])
    assert (first, other) == (None, None)
    assert (second["rel_type"], second["event_id"]) == ("m.thread", room.messages[1]["event_id"])
    chats.guest(room, act="write", text="Merci", root=room.messages[2]["event_id"])
    await chats.bring()
    assert [each["request_id"] for each in await received(chats.post)] == [ONE]


async def test_what_names_no_message_answers_the_only_conversation_or_is_for_an_agent(chats: Chats) -> None:
    reader = await chats.reader()
    room = await asked(chats, reader, ONE)
    chats.guest(room, act="write", text="Merci")
    await chats.bring()
    await asked(chats, reader, TWO)
    chats.guest(room, act="write", text="Et l’autre ?")
    await chats.bring()
    first, second = await received(chats.post)
    assert (first["request_id"], first["held"]) == (ONE, None)
    assert (second["request_id"], second["held"]) == (None, "direct")


async def test_an_answer_that_comes_too_late_is_for_an_agent(chats: Chats) -> None:
    reader = await chats.reader()
    room = await asked(chats, reader, ONE)
    await chats.post.pool.execute("UPDATE conversation SET told_at = told_at - interval '2 years'")
    chats.guest(room, act="write", text="Toujours là ?", root=room.messages[1]["event_id"])
    await chats.bring()
    assert [(each["held"], each["request_id"]) for each in await received(chats.post)] == [("expired", ONE)]


async def test_the_town_and_programs_and_strangers_are_not_heard(chats: Chats) -> None:
    reader = await chats.reader()
    await chats.post.told(reader, "taken", request_id=ONE)
    await chats.send()
    room, store = chats.first.rooms()[-1], chats.first.store
    store.add(room, "m.room.message", CAMILLE, {"msgtype": "m.notice", "body": "Je suis absente."})
    store.add(room, "m.room.message", "@other:elsewhere.example", {"msgtype": "m.text", "body": "Bonjour"})
    unknown = store.create("other", "", TOWN)
    assert unknown is not None
    store.invite(unknown, CAMILLE, TOWN)
    store.add(unknown, "m.room.message", CAMILLE, {"msgtype": "m.text", "body": "Ici aussi"})
    assert any(event["sender"] == TOWN and event["type"] == "m.room.message" for event in store.news)
    assert await chats.bring() == 200
    assert await received(chats.post) == []


async def test_nobody_is_heard_before_the_code_was_given_back(chats: Chats) -> None:
    person = chats.post.person()
    await chats.give(person)
    await chats.send()
    room = chats.first.rooms()[-1]
    chats.guest(room, act="join")
    chats.guest(room, act="write", text="Qui êtes-vous ?")
    assert await chats.bring() == 200
    assert await received(chats.post) == []


async def test_who_leaves_is_reached_there_no_more(chats: Chats) -> None:
    reader = await chats.reader()
    await chats.post.told(reader, "taken", request_id=ONE)
    chats.guest(chats.first.rooms()[-1], act="leave")
    assert await chats.bring(times=2) == 200
    (item,) = (await chats.post.get(reader, MESSAGES)).json()["items"]
    assert item["state"] == "left"
    await chats.send()
    assert (await chats.states())[-1][::2] == ("failed", "left-room")
    await chats.post.told(reader, "taken", request_id=TWO)
    assert (await chats.explained(reader))["reason"] == "address-unreachable"
    assert (await chats.give(reader)).status_code == 201
    await chats.send()
    room = chats.first.rooms()[-1]
    assert (len(chats.first.rooms()), room.members[CAMILLE]) == (2, "invite")
    given = (await chats.post.get(reader, MESSAGES)).json()["items"][-1]
    assert (await chats.confirm(reader, given["id"], chats.code())).status_code == 200
    await chats.post.told(reader, "resolved", request_id=TWO, sequence=2)
    await chats.send()
    assert len(room.messages) == 2


async def test_what_one_person_floods_a_room_with_is_kept_apart(chats: Chats) -> None:
    reader = await chats.reader()
    room = await asked(chats, reader, ONE)
    most = chats.post.settings().replies_per_hour
    for number in range(most + 1):
        chats.guest(room, act="write", text=f"Message {number}")
    assert await chats.bring() == 200
    held = [each["held"] for each in await received(chats.post)]
    assert held == [None] * most + ["spam"]


async def test_a_town_that_has_its_share_of_mails_still_hears_its_rooms(
    chats: Chats, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = await chats.reader()
    room = await asked(chats, reader)
    monkeypatch.setitem(chats.post.service.runtime.settings.__dict__, "inbound_per_hour", 1)
    for text in ("Un", "Deux"):
        chats.guest(room, act="write", text=text)
    chats.guest(room, act="leave")
    assert await chats.bring() == 200
    assert [each["held"] for each in await received(chats.post)] == ["direct", "direct"]
    (item,) = (await chats.post.get(reader, MESSAGES)).json()["items"]
    assert item["state"] == "left"


async def test_what_is_wrong_with_one_event_holds_up_no_other(chats: Chats, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = await chats.reader()
    room = await asked(chats, reader, ONE)
    chats.guest(room, act="write", text="Ceci ne se lit pas")
    chats.guest(room, act="write", text="Merci")

    def read(event: Any) -> Moved | Said | None:
        if event["content"]["body"] != "Merci":
            raise TypeError
        return room_event(event)

    monkeypatch.setattr(hear_rooms, "room_event", read)
    assert await chats.bring() == 200
    assert [each["text"] for each in await received(chats.post)] == ["Merci"]


async def test_files_are_named_and_an_edit_belongs_where_what_it_replaces_does(chats: Chats) -> None:
    reader = await chats.reader()
    room, store = await asked(chats, reader, ONE, TWO), chats.first.store
    root = room.messages[1]["event_id"]
    thread = {"rel_type": "m.thread", "event_id": root}
    store.add(room, "m.room.message", CAMILLE, {"msgtype": "m.image", "body": "trou.jpg", "m.relates_to": thread})
    first = store.add(room, "m.room.message", CAMILLE, {"msgtype": "m.text", "body": "au 12", "m.relates_to": thread})
    await chats.bring()
    edit = {"rel_type": "m.replace", "event_id": first["event_id"]}
    new = {"msgtype": "m.text", "body": "au 14"}
    store.add(room, "m.room.message", CAMILLE, new | {"body": "* au 14", "m.new_content": new, "m.relates_to": edit})
    await chats.bring()
    found = await received(chats.post)
    assert [(each["text"], each["left_out"]) for each in found] == [("", ["trou.jpg"]), ("au 12", []), ("au 14", [])]
    assert {each["request_id"] for each in found} == {ONE}


async def test_who_does_not_know_the_token_brings_nothing(chats: Chats) -> None:
    reader = await chats.reader()
    room = await asked(chats, reader, ONE)
    chats.guest(room, act="write", text="Merci")
    assert await chats.bring(token="token-of-somebody-else") == 401
    assert await chats.bring(chats.second) == 200
    path, headers = "/_matrix/app/v1/transactions/1", {"Authorization": f"Bearer {chats.first.hs_token}"}
    # Each of a hundred events may be as large as there are, and bring what was before it.
    large = json.dumps({"events": [{"content": "x" * 65_536, "unsigned": "x" * 65_536}] * 100}).encode()
    assert (await chats.post.client.put(path, content=large, headers=headers)).status_code == 200
    for body, status in ((b"{", 400), (b"[" * 100_000, 400), (b"[]", 422), (b'{"events": 3}', 422), (b"{}", 422)):
        answer = await chats.post.client.put(path, content=body, headers=headers)
        assert answer.status_code == status, body[:20]
    # What the second homeserver tells of a room of the first is nobody's.
    second = {"Authorization": f"Bearer {chats.second.hs_token}"}
    news = {"events": list(chats.first.store.news)}
    assert (await chats.post.client.put(path, json=news, headers=second)).status_code == 200
    assert await received(chats.post) == []


@pytest.mark.parametrize(
    "event",
    [
        None,
        3,
        {},
        {"type": "m.room.message", "room_id": "!r", "sender": "@a:b", "event_id": "$1", "content": None},
        {"type": "m.room.message", "room_id": "!r", "sender": "@a:b", "content": {"msgtype": "m.text", "body": "x"}},
        {"type": "m.room.message", "room_id": 1, "sender": "@a:b", "event_id": "$1", "content": {}},
        {"type": "m.room.message", "room_id": "!r", "sender": "@a:b", "event_id": "$1", "content": {"body": 1}},
        {"type": "m.room.member", "room_id": "!r", "sender": "@a:b", "state_key": "@a:b", "content": {}},
        {"type": "m.room.member", "room_id": "!r", "sender": "@a:b", "content": {"membership": "leave"}},
        {"type": "m.reaction", "room_id": "!r", "sender": "@a:b", "event_id": "$1", "content": {"body": "x"}},
    ],
)
def test_what_is_not_as_it_should_be_says_nothing(event: Any) -> None:
    assert room_event(event) is None


def test_what_is_repeated_of_the_message_answered_is_left_out() -> None:
    content: Event = {
        "msgtype": "m.text",
        "body": "> <@mairie:a> Votre demande\n> https://a/b\n\nMerci\x00 !\n> pas ceci",
        "m.relates_to": {"m.in_reply_to": {"event_id": "$1"}, "rel_type": "m.thread", "event_id": "$0"},
    }
    event = {"type": "m.room.message", "room_id": "!r", "sender": "@a:b", "event_id": "$2", "content": content}
    assert room_event(event) == Said("!r", "$2", "@a:b", "Merci !\n> pas ceci", (), ("$1", "$0"))
    gone = {"type": "m.room.member", "room_id": "!r", "sender": "@m:b", "state_key": "@a:b"}
    assert room_event(gone | {"content": {"membership": "ban"}}) == Moved("!r", "@a:b", there=False)
