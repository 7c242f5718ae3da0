# SPDX-License-Identifier: EUPL-1.2
"""Text messages that come in for an application, read by the official client of GOV.UK Notify."""

import asyncio
import json
import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from notifications_notify import Counter
from notifications_post import Post
from notifications_replies import received
from notifications_senders import KEYS

from parvis_notifications.inbound_settings import InboundHookSettings
from parvis_notifications.outgoing.webhook_keys import new_keys, shown_secret, signatures
from parvis_notifications.service.received_texts import purge_received

NUMBER, PHONE = "+33757590000", "+33612345678"
KEY = new_keys()


@pytest.fixture(autouse=True)
def hooks(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    own = (InboundHookSettings.model_validate({"collectivity": "paris", "secrets": [shown_secret(KEY)]}),)
    settings = post.service.runtime.settings
    monkeypatch.setitem(settings.__dict__, "inbound_hooks", own)
    monkeypatch.setitem(settings.__dict__, "inbound_per_hour", 6)


async def bring(post: Post, text: str, id_: str = "", **body: Any) -> httpx.Response:
    content = json.dumps({"sender": PHONE, "text": text, "recipient": NUMBER} | body).encode()
    at, name = int(time.time()), id_ or f"msg_{uuid4()}"
    headers = {
        "Content-Type": "application/json",
        "webhook-id": name,
        "webhook-timestamp": str(at),
        "webhook-signature": signatures([KEY], name, at, content),
    }
    return await post.client.post("/v1/collectivities/paris/inbound-texts", content=content, headers=headers)


async def texts(counter: Counter) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await counter.call("get_received_texts"))["received_text_messages"]
    return found


async def test_what_comes_to_its_number_is_the_application_s_and_no_agent_s(counter: Counter) -> None:
    post, key = counter.office.post, await counter.with_key(inbound_number=NUMBER)
    for _ in range(2):
        assert (await bring(post, "Oui, samedi\x00", "msg_1")).status_code == 204
    (text,) = await texts(counter)
    assert (text["user_number"], text["notify_number"], text["content"]) == (PHONE, NUMBER, "Oui, samedi")
    assert (text["service_id"], text["created_at"][-1]) == (key[-73:-37], "Z")
    assert await received(post) == []
    stored = str([dict(row) for row in await post.pool.fetch("SELECT * FROM received_text")])
    assert "samedi" not in stored
    assert PHONE not in stored
    # A STOP is done, and read as well; what would answer an alert, and answers none, is the application's as all else.
    assert (await bring(post, "STOP", "msg_2")).status_code == 204
    assert (await bring(post, "2", "msg_3")).status_code == 204
    assert [each["content"] for each in await texts(counter)] == ["2", "STOP", "Oui, samedi"]


async def test_its_iterator_reads_all_of_them_newest_first(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parvis_notifications.api.notify.messages._PAGE", 2)
    await counter.with_key(inbound_number=NUMBER)
    for number in range(5):
        assert (await bring(counter.office.post, str(number))).status_code == 204
    found = await asyncio.to_thread(lambda: [each["content"] for each in counter.client.get_received_texts_iterator()])
    assert found == ["4", "3", "2", "1", "0"]
    none = await counter.call("get_received_texts", older_than=str(uuid4()))
    assert (none["received_text_messages"], none["links"]["next"]) == ([], None)


async def test_others_read_none_of_it_and_what_comes_to_other_numbers_is_for_agents(counter: Counter) -> None:
    post = counter.office.post
    await counter.with_key(inbound_number=NUMBER)
    await bring(post, "Pour la bibliothèque")
    for other in ({"recipient": "+33757590001"}, {"recipient": None}):
        assert (await bring(post, "Pour la mairie", **other)).status_code == 204
    assert [each["text"] for each in await received(post)] == ["Pour la mairie"] * 2
    newer = await counter.office.key()
    counter.show(newer)
    assert len(await texts(counter)) == 1, "another key of the application's"
    for kind, application in (("test", "bibliotheque"), ("live", "cantine")):
        counter.show(await counter.office.key(kind, application=application))
        assert await texts(counter) == []


async def test_a_number_is_one_application_s_until_its_key_ends(counter: Counter) -> None:
    office = counter.office
    made = await office.make(inbound_number=NUMBER)
    assert made.json()["inbound_number"] == NUMBER
    assert (await office.make(inbound_number=NUMBER)).status_code == 201, "a key in the place of the other"
    for kind, application, number in (
        ("live", "cantine", NUMBER), ("test", "bibliotheque", "36000"), ("live", "cantine", "Ville"),
    ):  # fmt: skip
        refused = await office.make(kind, application=application, inbound_number=number)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/inbound_number")
    await office.post.pool.execute("UPDATE sending_key SET revoked_at = now()")
    assert (await bring(office.post, "Pour personne")).status_code == 204
    assert len(await received(office.post)) == 1
    assert (await office.make(application="cantine", inbound_number=NUMBER)).status_code == 201
    read = await office.post.get(office.desk.agent, f"{KEYS}/{made.json()['id']}")
    assert read.json()["inbound_number"] == NUMBER


async def test_there_is_an_end_to_what_is_taken_in_an_hour_and_to_how_long_it_is_kept(counter: Counter) -> None:
    post = counter.office.post
    await counter.with_key(inbound_number=NUMBER)
    brought = [(await bring(post, str(number))).status_code for number in range(7)]
    assert brought == [204] * 6 + [429]
    runtime, week = post.service.runtime, timedelta(days=7)
    assert await purge_received(runtime.database, runtime.persons, week) == 0
    await post.pool.execute("UPDATE received_text SET created_at = created_at - interval '8 days'")
    ids = {row["id"] for row in await post.pool.fetch("SELECT id FROM received_text")}
    assert await purge_received(runtime.database, runtime.persons, week) == 6
    assert (await texts(counter), await runtime.persons.of_many(ids)) == ([], {})


async def test_what_cannot_be_kept_is_not_taken(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    post = counter.office.post
    await counter.with_key(inbound_number=NUMBER)

    async def gone(*_: object, **__: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr("parvis_notifications.service.receive_hooks.inbound_messages.add", gone)
        assert (await bring(post, "Oui", "msg_1")).status_code == 503
    assert await texts(counter) == []
    assert (await bring(post, "Oui", "msg_1")).status_code == 204
    assert len(await texts(counter)) == 1
