# SPDX-License-Identifier: EUPL-1.2
"""News and alerts in rooms of a messenger: to whom, what they say, and that each is there once whatever goes wrong."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from notifications_alerts import Alerts
from notifications_attempts import exported, tried
from notifications_chats import CAMILLE, Chats
from notifications_rooms import Rooms, rooms_of
from notifications_town import EMERGENCY, SQUARE, STATION, Town, place

from parvis_local.matrixsink.store import Fault
from parvis_notifications.db.broadcast_deliveries import BroadcastDeliveries
from parvis_notifications.outgoing.chat import ChatRefusal, ChatRefusedError
from parvis_notifications.outgoing.matrix import Matrix

BY_CHAT = [{"topic": "works", "channels": ["chat"]}]
KILLED = (
    "UPDATE broadcast_delivery SET state = 'sending', claim = gen_random_uuid(), sent_at = NULL, due_at = now(),"
    " handed_over_at = now() - interval '1 minute', provider_reference = NULL"
)


@pytest.fixture
def rooms(chats: Chats, alerts: Alerts) -> Rooms:
    return rooms_of(chats, alerts)


async def killed(rooms: Rooms) -> None:
    """As a worker leaves it that is killed between the last word and the record of its answer."""
    await rooms.town.post.pool.execute(KILLED)
    await rooms.town.post.pool.execute("DELETE FROM broadcast_attempt")
    await rooms.town.post.pool.execute("UPDATE broadcast SET state = 'sending', done_at = NULL")


async def test_an_alert_is_written_whole_to_whoever_confirmed_an_address_whatever_they_chose(
    rooms: Rooms, alerts: Alerts
) -> None:
    await rooms.alerted()
    away, left, unasked = (f"@{name}:parvis.localhost" for name in ("away", "left", "unasked"))
    await rooms.reader(away, topics=[], consents=[EMERGENCY], places=[place(STATION)])
    await rooms.alerted(left)
    rooms.chats.guest(rooms.room(rooms.chats.first, left), act="leave")
    assert await rooms.chats.bring() == 200
    await rooms.reader(unasked, topics=[], consents=[])
    alert = await alerts.issue(channels=["chat"])
    reach = await alerts.read(f"/v1/alerts/{alert}/coverage")
    assert (reach["people"], reach["chat"], reach["unreachable"], reach["cost_millicents"]) == (2, 1, 1, 150)
    await rooms.town.send()
    (text,) = rooms.told()
    said, _, link = text.rpartition("\n")
    assert said == (
        "Crue de la Seine\nMontez à l'étage.\nQuais de Seine\nL'eau monte.\n\n"
        "Répondez ici 1 si vous êtes en sécurité, 2 si vous avez besoin d’aide\u00a0; ou ouvrez\u00a0:"
    )
    assert [rooms.told(address=each) for each in (away, left, unasked)] == [[]] * 3
    figures = await alerts.read(f"/v1/alerts/{alert}/figures")
    assert figures["delivery"] == {
        "parts": [{"channel": "chat", "state": "sent", "people": 1}],
        "cost_millicents": 150,
    }
    answered = await alerts.town.client.post(link[link.index("/alert-answer") :], data={"answer": "help"})
    assert answered.status_code == 200
    assert (await alerts.read(f"/v1/alerts/{alert}/figures"))["answers"]["help"] == 1
    assert (await alerts.read(f"/v1/alerts/{alert}"))["state"] == "done"


async def test_an_exercise_says_so_and_reaches_no_others(rooms: Rooms, alerts: Alerts) -> None:
    await rooms.alerted()
    await alerts.issue(channels=["chat"], exercise=True)
    await rooms.town.send()
    assert rooms.told() == []
    await rooms.town.post.pool.execute("UPDATE subscriber SET exercise_at = now()")
    await alerts.issue(channels=["chat"], exercise=True)
    await rooms.town.send()
    (text,) = rooms.told()
    assert text.startswith("EXERCICE – Crue de la Seine")


async def test_two_accounts_of_one_address_are_told_once(rooms: Rooms, alerts: Alerts) -> None:
    await rooms.alerted()
    second = await rooms.alerted()
    alert = await alerts.issue(channels=["chat"])
    assert (await alerts.read(f"/v1/alerts/{alert}/coverage"))["chat"] == 1
    await rooms.town.send()
    assert len(rooms.told()) == 1
    why = (await rooms.town.post.get(second, f"/v1/broadcast-explanations/{alert}")).json()
    assert why["reason"] in {"told", "same-address"}


async def test_who_has_not_answered_in_the_room_is_written_to_by_the_next_channel(rooms: Rooms, alerts: Alerts) -> None:
    reader = await rooms.alerted()
    alert = await alerts.issue(channels=["chat", "email"], escalate_minutes=10)
    await rooms.town.send()
    assert (len(rooms.told()), rooms.town.told()) == (1, [])
    why = (await rooms.town.post.get(reader, f"/v1/broadcast-explanations/{alert}")).json()
    assert [(part["channel"], part["reason"]) for part in why["parts"]] == [
        ("chat", "overrides"),
        ("email", "escalates"),
    ]
    await rooms.again()
    assert len(rooms.town.told()) == 1
    assert len(rooms.told()) == 1


async def test_what_a_room_refuses_has_the_next_channel_come_at_once(rooms: Rooms, alerts: Alerts) -> None:
    reader = await rooms.alerted()
    alert = await alerts.issue(channels=["chat", "email"], escalate_minutes=10)
    mails = next(each for each in rooms.town.senders() if each._deliveries.lane == "alert")  # noqa: SLF001
    await mails.round()  # the audience is settled
    rooms.chats.guest(rooms.room(rooms.chats.first), act="leave")
    assert await rooms.chats.bring() == 200
    await rooms.town.send()
    assert (await rooms.states())[0] == ("failed", "", "left-room")
    why = (await rooms.town.post.get(reader, f"/v1/broadcast-explanations/{alert}")).json()
    assert why["parts"][0]["reason"] == "left-room"
    assert "salon" in why["parts"][0]["explanation"]
    assert len(rooms.town.told()) == 1, "nobody waits ten minutes for a room that is empty"


async def test_news_are_written_to_who_chose_that_for_their_topic(rooms: Rooms) -> None:
    assert (await rooms.town.topic()).status_code == 200
    await rooms.reader(topics=BY_CHAT)
    mailed = "@mailed:parvis.localhost"
    await rooms.reader(mailed)
    body = {"areas": [SQUARE], "link": "https://ville.example/travaux", "draft": True}
    drafted = (await rooms.town.publish(**body)).json()
    reach = (await rooms.town.post.get(rooms.town.agent, f"/v1/news-items/{drafted['id']}/coverage")).json()
    assert (reach["chat"], reach["email"], reach["cost_millicents"]) == (1, 1, 150)
    assert (await rooms.town.publish(areas=[SQUARE], link="https://ville.example/travaux")).status_code == 201
    await rooms.town.send()
    (text,) = rooms.told()
    assert text.startswith(
        "Rue barrée\nLa rue est barrée lundi.\n\nEn savoir plus\u00a0:\nhttps://ville.example/travaux\n\n"
    )
    assert "Ne plus le recevoir\u00a0:\nhttp" in text
    assert rooms.told(address=mailed) == []


async def test_who_has_no_account_has_no_room(town: Town) -> None:
    assert (await town.ask(email="zoe@example.org", topics=BY_CHAT)).status_code == 422


async def test_a_homeserver_that_is_away_is_stepped_in_for_with_a_room_of_the_other(
    rooms: Rooms, alerts: Alerts
) -> None:
    await rooms.alerted()
    rooms.chats.first.store.faults.append(Fault.AWAY)
    alert = await alerts.issue(channels=["chat"])
    await rooms.town.send()
    assert rooms.told() == []
    assert len(rooms.told(rooms.chats.second)) == 1
    assert await rooms.states() == [("sent", "second", "sent")]
    (record,) = await exported(rooms.town, alert)
    log = [(each["provider"], each["outcome"], each["reply"], each["fault"]) for each in record["attempt_log"]]
    assert log == [("first", "deferred", "M_UNKNOWN", "technical"), ("second", "accepted", "sent", None)]
    assert (record["channel"], record["provider"]) == ("chat", "second")


async def test_one_that_takes_no_more_now_is_asked_when_it_said(rooms: Rooms, alerts: Alerts) -> None:
    await rooms.alerted()
    for each in (rooms.chats.first, rooms.chats.second):
        each.store.faults.append(Fault.THROTTLED)
    await alerts.issue(channels=["chat"])
    await rooms.town.send()
    assert (await rooms.states())[0][::2] == ("retry", "429")
    pause = await rooms.town.post.pool.fetchval("SELECT due_at - now() FROM broadcast_delivery")
    assert timedelta() < pause <= timedelta(seconds=2)
    await rooms.again()
    assert len(rooms.told()) + len(rooms.told(rooms.chats.second)) == 1


@pytest.mark.parametrize(
    ("fault", "log"),
    [
        (Fault.UNANSWERED, [("first", "accepted", "sent")]),
        (Fault.SLOW, [("first", "accepted", "sent")]),
        (Fault.LOST, [("first", "not-taken", "not-taken"), ("first", "accepted", "sent")]),
    ],
)
async def test_what_has_no_answer_is_looked_for_and_is_there_once(
    rooms: Rooms, alerts: Alerts, fault: Fault, log: list[Any]
) -> None:
    await rooms.alerted()
    rooms.chats.first.store.faults.append(fault)
    alert = await alerts.issue(channels=["chat"])
    await rooms.town.send()
    assert (await rooms.states())[0][0] == "unknown"
    rooms.chats.first.store.forget_transactions()
    await rooms.again()
    assert len(rooms.told()) == 1
    assert rooms.told(rooms.chats.second) == []
    assert await rooms.states() == [("sent", "first", "sent")]
    assert await tried(rooms.town, alert) == log


async def test_a_worker_that_is_killed_leaves_nobody_out_and_writes_nothing_twice(rooms: Rooms, alerts: Alerts) -> None:
    second = "@alix:parvis.localhost"
    await rooms.alerted()
    await rooms.alerted(second)
    alert = await alerts.issue(channels=["chat"])
    await rooms.town.send()
    room = rooms.room(rooms.chats.first, second)
    room.events = [event for event in room.events if "Crue" not in event["content"].get("body", "")]
    await killed(rooms)
    await rooms.town.send()
    assert (len(rooms.told()), len(rooms.told(address=second))) == (1, 1)
    assert {state for state, _, _ in await rooms.states()} == {"sent"}
    assert (await alerts.read(f"/v1/alerts/{alert}"))["state"] == "done"


async def test_kills_one_after_the_other_write_it_once(rooms: Rooms, alerts: Alerts) -> None:
    await rooms.alerted()
    await alerts.issue(channels=["chat"])
    for _ in range(4):
        await rooms.town.send()
        assert len(rooms.told()) == 1
        await killed(rooms)


async def test_it_is_looked_for_where_it_was_offered_last(
    rooms: Rooms, alerts: Alerts, monkeypatch: pytest.MonkeyPatch
) -> None:
    await rooms.alerted()
    rooms.chats.first.store.faults.append(Fault.AWAY)
    await alerts.issue(channels=["chat"])

    async def dies(_: BroadcastDeliveries, __: UUID, some: Sequence[Any], *___: Any, **____: Any) -> None:
        if some:
            raise OSError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(BroadcastDeliveries, "settle", dies)
        patched.setattr("parvis_notifications.service.marked_group._SETTLE_TRIES", 1)
        patched.setattr(BroadcastDeliveries, "release", dies)
        with pytest.raises(OSError, match="killed"):
            await rooms.town.send()
    assert len(rooms.told(rooms.chats.second)) == 1
    await rooms.again()
    assert (rooms.told(), len(rooms.told(rooms.chats.second))) == ([], 1)
    assert await rooms.states() == [("sent", "second", "sent")]


async def test_a_homeserver_that_nobody_can_ask_is_not_asked_for_ever(rooms: Rooms, alerts: Alerts) -> None:
    await rooms.alerted()
    rooms.chats.first.store.faults.append(Fault.UNANSWERED)
    await alerts.issue(channels=["chat"])
    await rooms.town.send()
    await rooms.town.post.pool.execute("UPDATE broadcast_delivery SET provider = 'gone'")
    await rooms.again()
    assert await rooms.states() == [("unknown", "gone", "no-provider")]
    await rooms.town.post.pool.execute("UPDATE broadcast_delivery SET handed_over_at = now() - interval '7 hours'")
    await rooms.again()
    assert await rooms.town.post.pool.fetchval("SELECT state FROM broadcast") == "done"
    assert len(rooms.told()) == 1


async def test_a_room_that_was_lost_is_made_anew(rooms: Rooms, alerts: Alerts) -> None:
    await rooms.alerted()
    rooms.chats.first.store.rooms.clear()
    await alerts.issue(channels=["chat"])
    await rooms.town.send()
    assert len(rooms.told(rooms.chats.second)) == 1
    await alerts.issue(channels=["chat"])
    await rooms.town.send()
    assert len(rooms.told()) == 1, "in a new room of the first"


async def test_who_cannot_be_invited_is_not_written_to_again(
    rooms: Rooms, alerts: Alerts, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = await rooms.alerted()
    rooms.chats.first.store.rooms.clear()
    await rooms.town.post.pool.execute("DELETE FROM chat_room")

    async def refused(*_: Any) -> None:
        raise ChatRefusedError(ChatRefusal.ADDRESS, "M_FORBIDDEN")

    monkeypatch.setattr(Matrix, "_invite", refused)
    await alerts.issue(channels=["chat"])
    await rooms.town.send()
    assert await rooms.states() == [("failed", "first", "M_FORBIDDEN")]
    (address,) = (await rooms.town.post.get(reader, "/v1/chat-addresses")).json()["items"]
    assert (address["state"], address["address"]) == ("left", CAMILLE)


async def test_a_town_without_a_homeserver_of_its_own_writes_to_nobody(rooms: Rooms, alerts: Alerts) -> None:
    await rooms.alerted()
    rooms.chats.post.more["chat_providers"] = (rooms.chats.first.settings(collectivities=("lyon",)),)
    await alerts.issue(channels=["chat"])
    await rooms.town.send()
    assert await rooms.states() == []
    assert await rooms.town.post.pool.fetchval("SELECT state FROM broadcast") == "done"
