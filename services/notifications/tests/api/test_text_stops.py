# SPDX-License-Identifier: EUPL-1.2
"""STOP in answer to a text message: what comes no more, what comes all the same, who sees it, what takes it back."""

import json
import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from notifications_notify import Counter
from notifications_post import Post, changed
from notifications_texts import Texts, texts_provider
from notifications_town import NEWS, Town, wishes

from parvis_local.smssink.faults import Fault
from parvis_notifications.inbound_settings import InboundHookSettings
from parvis_notifications.outgoing.webhook_keys import new_keys, shown_secret, signatures
from parvis_testing import Caller

KEY, NUMBER, SERVICE = new_keys(), "+33612345678", "+33757590000"


@pytest.fixture(autouse=True)
def hooks(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    own = (InboundHookSettings.model_validate({"collectivity": "paris", "secrets": [shown_secret(KEY)]}),)
    monkeypatch.setitem(post.service.runtime.settings.__dict__, "inbound_hooks", own)


async def write(post: Post, text: str, recipient: str | None = None, name: str = "") -> None:
    content = json.dumps({"sender": NUMBER, "text": text, "recipient": recipient}).encode()
    at, name = int(time.time()), name or f"msg_{uuid4()}"
    headers = {
        "Content-Type": "application/json",
        "webhook-id": name,
        "webhook-timestamp": str(at),
        "webhook-signature": signatures([KEY], name, at, content),
    }
    answer = await post.client.post("/v1/collectivities/paris/inbound-texts", content=content, headers=headers)
    assert answer.status_code == 204, answer.text


async def stops(post: Post, reader: Caller) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await post.get(reader, "/v1/text-stops")).json()["items"]
    return items


async def chosen(texts: Texts, *channels: str, **more: Any) -> Caller:
    """Somebody who had a message by these channels already, and so is known by their number."""
    reader = texts.person(NUMBER, **more)
    await texts.choose(reader, *channels)
    await texts.post.told(reader, "taken")
    await texts.send()
    return reader


def count(texts: Texts) -> int:
    return len(texts.first.texts())


async def test_who_says_stop_gets_no_more_but_what_the_law_has_sent_and_sees_when_and_what_they_wrote(
    texts: Texts,
) -> None:
    reader = await chosen(texts, "sms", email=None)
    await write(texts.post, "Stop svp")
    await texts.post.told(reader, "taken")
    await texts.send()
    item = await texts.explained(reader)
    assert (item["outcome"], item["reason"], item["state"], count(texts)) == ("withheld", "texts-stopped", None, 1)
    assert "STOP" in item["explanation"]
    (stop,) = await stops(texts.post, reader)
    assert (stop["application"], stop["way"], stop["words"]) == (None, "text", "Stop svp")
    assert await stops(texts.post, texts.person(phone="+33639980098")) == []
    await texts.post.told(reader, "submitted")
    await texts.send()
    assert ((await texts.explained(reader))["reason"], count(texts)) == ("legal-notice", 2)
    kept = str([dict(row) for row in await texts.post.pool.fetch("SELECT * FROM text_stop")])
    assert NUMBER not in kept


async def test_what_waits_when_stop_comes_does_not_go_and_the_next_channel_does(texts: Texts) -> None:
    reader = await chosen(texts, "sms", "email")
    await texts.post.pool.execute('UPDATE preference SET modes = \'{"requests": "first"}\'')
    await texts.post.told(reader, "taken")
    await write(texts.post, "STOP")
    await texts.send()
    item = await texts.explained(reader)
    assert (item["state"], item["last_reply"], count(texts)) == ("failed", "texts-stopped", 1)
    fallen = await texts.post.pool.fetchval(
        "SELECT count(*) FROM delivery WHERE state = 'failed' AND channel = 'sms' AND fallback_at IS NOT NULL"
    )
    assert fallen == 1, "the mail that stood by has its turn"
    await texts.post.told(reader, "taken")
    ways = (await texts.post.get(reader, f"/v1/inbox-messages/{await newest(texts, reader)}/deliveries")).json()
    assert {each["channel"]: each["outcome"] for each in ways["items"]} == {"sms": "withheld", "email": "sent"}


async def newest(texts: Texts, reader: Caller) -> str:
    inbox = (await texts.post.get(reader, "/v1/inbox-messages")).json()["items"]
    name: str = inbox[0]["id"]
    return name


async def test_start_and_the_account_take_it_back_and_a_stop_brought_again_ends_nothing(texts: Texts) -> None:
    reader = await chosen(texts, "sms")
    await write(texts.post, "ARRET", name="msg_1")
    await write(texts.post, "Start")
    assert await stops(texts.post, reader) == []
    await write(texts.post, "ARRET", name="msg_1")
    assert await stops(texts.post, reader) == []
    await write(texts.post, "ARRET")
    (stop,) = await stops(texts.post, reader)
    other = texts.person(phone="+33639980098")
    path, key = f"/v1/text-stops/{stop['id']}/withdrawals", {"Idempotency-Key": str(uuid4())}
    assert (await texts.post.client.post(path, headers=other.headers | key)).status_code == 404
    for _ in range(2):
        assert (await texts.post.client.post(path, headers=reader.headers | key)).status_code == 201
    await texts.post.told(reader, "taken")
    await texts.send()
    assert ((await texts.explained(reader))["reason"], count(texts), await stops(texts.post, reader)) == (
        "chosen",
        2,
        [],
    )
    proofs = await texts.post.pool.fetch("SELECT words, lifted_way, lifted_words FROM text_stop ORDER BY said_at")
    assert [tuple(row) for row in proofs] == [("ARRET", "text", "Start"), ("ARRET", "account", None)]


async def test_to_choose_text_messages_anew_takes_it_back_and_to_keep_them_does_not(texts: Texts) -> None:
    reader = await chosen(texts, "sms")
    await write(texts.post, "STOP")
    for version, channels, left in ((1, ["email", "sms"], 1), (2, ["email"], 1), (3, ["sms"], 0)):
        body = {"language": None, "quiet_hours": None, "topics": [{"topic": "requests", "channels": channels}]}
        headers = reader.headers | {"If-Match": f'"{version}"'}
        assert (await texts.post.client.put("/v1/notification-preferences", json=body, headers=headers)).is_success
        assert len(await stops(texts.post, reader)) == left


async def test_it_is_the_number_s_and_whoever_has_another_is_written_to(texts: Texts) -> None:
    reader = await chosen(texts, "sms")
    await write(texts.post, "STOP")
    texts.post.owners.contacts[reader.subject]["phone"] = "+33639980098"
    await texts.post.hear(changed(reader, "phone"))
    assert await stops(texts.post, reader) == []
    await texts.post.told(reader, "taken")
    await texts.send()
    assert [text.to for text in texts.first.texts()] == ["+33639980098", NUMBER]


async def test_a_provider_that_says_so_is_believed(texts: Texts) -> None:
    reader = texts.person(NUMBER)
    await texts.choose(reader, "sms")
    await texts.post.told(reader, "taken")
    texts.first.faults = [Fault.STOPPED]
    await texts.send()
    (stop,) = await stops(texts.post, reader)
    assert (stop["way"], stop["words"]) == ("provider", None)


async def test_whenever_the_worker_dies_a_stop_is_done_once(texts: Texts, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = await chosen(texts, "sms")

    async def gone(*_: object, **__: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr("parvis_notifications.db.text_stops.record", gone)
        with pytest.raises(AssertionError, match="unavailable"):
            await write(texts.post, "STOP", name="msg_1")
    assert await stops(texts.post, reader) == []
    for _ in range(2):
        await write(texts.post, "STOP", name="msg_1")
    assert len(await stops(texts.post, reader)) == 1


async def test_news_to_a_number_end_and_start_agrees_to_them_again(town: Town) -> None:
    with texts_provider("first") as first, texts_provider("second") as second:
        texts = Texts(town.post, first, second)
        await town.ask(phone=NUMBER, topics=[{"topic": "works", "channels": ["sms"]}], consents=[NEWS])
        await town.post.pool.execute("UPDATE subscriber SET state = 'active', news_at = now() - interval '1 hour'")
        await write(town.post, "STOP")
        await town.publish()
        await town.send()
        assert count(texts) == 0
        await write(town.post, "START")
        last = await town.post.pool.fetchrow(
            "SELECT given, words, way FROM consent ORDER BY created_at DESC, id DESC LIMIT 1"
        )
        assert tuple(last) == (True, "START", "start")
        await town.publish()
        await town.send()
        assert count(texts) == 1
        await texts.aclose()


async def test_news_wait_for_no_account_whose_number_became_known_after_its_stop(town: Town) -> None:
    with texts_provider("first") as first, texts_provider("second") as second:
        texts = Texts(town.post, first, second)
        await write(town.post, "STOP")
        reader = texts.person(NUMBER)
        wish = wishes(topics=[{"topic": "works", "channels": ["sms"]}], consents=[NEWS])
        await town.choose(reader, wish)
        item = (await town.publish()).json()["id"]
        await town.send()
        assert count(texts) == 0
        row = await town.post.pool.fetchrow("SELECT state, last_reply FROM broadcast_delivery")
        assert tuple(row) == ("skipped", "texts-stopped")
        told = (await town.post.get(reader, f"/v1/broadcast-explanations/{item}")).json()
        assert [each["reason"] for each in told["parts"]] == ["texts-stopped"]
        await texts.aclose()


@pytest.fixture
async def shop(counter: Counter) -> AsyncIterator[Texts]:
    with texts_provider("first") as first, texts_provider("second") as second:
        made = Texts(counter.office.post, first, second)
        yield made
        await made.aclose()


async def test_a_number_of_an_application_ends_what_that_one_sends_and_it_reads_the_stop(
    counter: Counter, shop: Texts
) -> None:
    office, post = counter.office, counter.office.post
    template, key = await office.desk.published(), await counter.with_key(inbound_number=SERVICE)
    other = await office.key(application="cantine")
    reader = await chosen(shop, "sms")
    await write(post, "Stop", SERVICE)
    sent = [(await office.send(each, template, channel="sms", to=NUMBER)).json()["id"] for each in (key, other)]
    await shop.send()
    await post.told(reader, "taken")
    await shop.send()
    states = [
        (await office.read(each, f"/{name}")).json()["status"] for each, name in zip((key, other), sent, strict=True)
    ]
    assert (states, count(shop)) == (["permanent-failure", "sent"], 3)
    (read,) = (await counter.call("get_received_texts"))["received_text_messages"]
    assert (read["content"], read["user_number"]) == ("Stop", NUMBER)
    assert [(each["application"], each["words"]) for each in await stops(post, reader)] == [("bibliotheque", "Stop")]
    # What has no number of its own writes by the town's, and ends with it.
    await write(post, "STOP")
    again = (await office.send(other, template, channel="sms", to=NUMBER)).json()["id"]
    await shop.send()
    assert (await office.read(other, f"/{again}")).json()["status"] == "permanent-failure"
    await write(post, "START", SERVICE)
    once = (await office.send(key, template, channel="sms", to=NUMBER)).json()["id"]
    await shop.send()
    assert (await office.read(key, f"/{once}")).json()["status"] == "sent"
