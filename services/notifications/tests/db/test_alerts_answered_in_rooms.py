# SPDX-License-Identifier: EUPL-1.2
"""Alerts are answered in the rooms in which they are read, as by text message."""

from typing import Any

import pytest
from notifications_alerts import Alerts
from notifications_chats import Chats
from notifications_post import Post
from notifications_rooms import Rooms, rooms_of

from parvis_local.matrixsink.store import Room
from parvis_testing import Caller

REQUEST = "0190a8d2-0000-7000-8000-000000000001"


async def received(post: Post) -> list[dict[str, Any]]:
    """What people are given to read, the first first."""
    rows = await post.pool.fetch("SELECT id FROM inbound_message WHERE content IS NOT NULL ORDER BY received_at, id")
    system, found = post.service.caller(kind="system", collectivity="*", sub="parvis-requests"), []
    for row in rows:
        path = f"/internal/v1/inbound-messages/{row['id']}?collectivity=paris"
        found.append((await post.service.internal.get(path, headers=system.headers)).json())
    return found


async def told(post: Post) -> int:
    """How often others were told that a message came."""
    return int(await post.pool.fetchval("SELECT count(*) FROM outbox WHERE type LIKE '%message-received%'"))


async def alerted(rooms: Rooms, alerts: Alerts, **changes: Any) -> tuple[Caller, Room, str]:
    """Somebody whom an alert was written to in their room; what the homeserver has brought is known."""
    reader = await rooms.alerted()
    alert = await alerts.issue(channels=["chat", "email"], **changes)
    await rooms.town.send()
    rooms.chats.first.store.news.clear()
    return reader, rooms.room(rooms.chats.first), alert


async def figures(alerts: Alerts, alert: str) -> dict[str, int]:
    return dict((await alerts.read(f"/v1/alerts/{alert}/figures"))["answers"])


@pytest.mark.parametrize(
    ("text", "answer"), [("1", "safe"), ("Je vais bien", "safe"), ("2", "help"), ("SOS !", "help")]
)
async def test_an_alert_is_answered_in_its_room_once_and_nobody_has_to_read_that(
    chats: Chats, alerts: Alerts, text: str, answer: str
) -> None:
    rooms = rooms_of(chats, alerts)
    _, room, alert = await alerted(rooms, alerts, escalate_minutes=10)
    chats.guest(room, act="write", text=text)
    assert await chats.bring(times=2) == 200
    assert {each: people for each, people in (await figures(alerts, alert)).items() if people} == {answer: 1}
    assert await chats.post.pool.fetchval("SELECT count(*) FROM inbound_message WHERE content IS NOT NULL") == 0
    assert await told(chats.post) == 0
    await rooms.again()
    assert rooms.town.told() == [], "who has answered needs no further channel"


async def test_who_heard_of_it_has_not_answered_but_needs_no_further_channel(chats: Chats, alerts: Alerts) -> None:
    rooms = rooms_of(chats, alerts)
    _, room, alert = await alerted(rooms, alerts, escalate_minutes=10)
    chats.guest(room, act="write", text="Bien reçu", root=room.messages[-1]["event_id"])
    await chats.bring()
    assert set((await figures(alerts, alert)).values()) <= {0}
    await rooms.again()
    assert rooms.town.told() == []


async def test_who_asks_for_help_and_says_more_is_read_by_people_as_well(chats: Chats, alerts: Alerts) -> None:
    rooms = rooms_of(chats, alerts)
    _, room, alert = await alerted(rooms, alerts)
    chats.guest(room, act="write", text="Au secours, l’eau est dans l’escalier")
    await chats.bring(times=2)
    assert (await figures(alerts, alert))["help"] == 1
    (message,) = await received(chats.post)
    assert (message["text"], message["held"]) == ("Au secours, l’eau est dans l’escalier", "direct")


async def test_what_names_an_alert_answers_that_and_what_names_another_message_answers_none(
    chats: Chats, alerts: Alerts
) -> None:
    rooms = rooms_of(chats, alerts)
    reader, room, first = await alerted(rooms, alerts)
    named = room.messages[-1]["event_id"]
    second = await alerts.issue(channels=["chat"])
    await rooms.town.send()
    chats.first.store.news.clear()
    chats.guest(room, act="write", text="1")
    await chats.bring()
    assert (await figures(alerts, second))["safe"] == 1, "the last, where none is named"
    await chats.post.told(reader, "taken", request_id=REQUEST)
    await chats.send()
    chats.first.store.news.clear()
    chats.guest(room, act="write", text="2", root=named)
    chats.guest(room, act="write", text="Merci", root=room.messages[-2]["event_id"])
    await chats.bring()
    assert ((await figures(alerts, first))["help"], sum((await figures(alerts, second)).values())) == (1, 1)
    assert [each["request_id"] for each in await received(chats.post)] == [REQUEST]


@pytest.mark.parametrize(
    ("text", "counted"), [("Merci", {}), ("1", {}), ("Je vais bien", {}), ("2", {"help": 1}), ("SOS", {"help": 1})]
)
async def test_what_names_nothing_after_word_of_a_request_is_read_there_and_only_a_call_for_help_is_counted(
    chats: Chats, alerts: Alerts, text: str, counted: dict[str, int]
) -> None:
    rooms = rooms_of(chats, alerts)
    reader, room, alert = await alerted(rooms, alerts, escalate_minutes=10)
    await chats.post.told(reader, "taken", request_id=REQUEST)
    await chats.send()
    chats.first.store.news.clear()
    chats.guest(room, act="write", text=text)
    await chats.bring(times=2)
    assert {each: people for each, people in (await figures(alerts, alert)).items() if people} == counted
    (message,) = await received(chats.post)
    assert (message["text"], message["request_id"], message["held"]) == (text, REQUEST, None)
    await rooms.again()
    assert bool(rooms.town.told()) is not bool(counted), "who has not answered has the next channel"


async def test_an_answer_that_was_long_on_its_way_takes_the_place_of_none_that_came_since(
    chats: Chats, alerts: Alerts
) -> None:
    rooms = rooms_of(chats, alerts)
    reader, room, alert = await alerted(rooms, alerts)
    await chats.post.pool.execute("UPDATE alert SET sent_at = sent_at - interval '1 hour'")
    chats.guest(room, act="write", text="1")
    chats.first.store.news[-1]["origin_server_ts"] -= 600_000
    path = f"/v1/received-alerts/{alert}/answers"
    since = await chats.post.client.post(path, json={"answer": "help"}, headers=reader.headers)
    assert since.status_code in {200, 201}, since.text
    await chats.bring()
    assert (await figures(alerts, alert))["help"] == 1


async def test_what_answers_an_alert_that_has_ended_is_read_by_people(chats: Chats, alerts: Alerts) -> None:
    rooms = rooms_of(chats, alerts)
    _, room, alert = await alerted(rooms, alerts)
    await chats.post.pool.execute("UPDATE alert SET ended_at = now()")
    chats.guest(room, act="write", text="2")
    await chats.bring()
    assert (await figures(alerts, alert))["help"] == 1
    assert [each["text"] for each in await received(chats.post)] == ["2"]
    await chats.post.pool.execute("UPDATE alert SET expires_at = now() - interval '2 days', ended_at = NULL")
    chats.guest(room, act="write", text="1")
    await chats.bring()
    assert (await figures(alerts, alert))["help"] == 1, "long over: nobody takes that for an answer"
    assert len(await received(chats.post)) == 2
