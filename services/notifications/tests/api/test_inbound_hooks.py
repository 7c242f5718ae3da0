# SPDX-License-Identifier: EUPL-1.2
"""Text messages and calls that operators bring: signed, once each, sealed, and told of without a word of them."""

import json
import time
from typing import Any
from uuid import uuid4

import httpx
import pytest
from notifications_post import Post
from notifications_replies import ask, received
from notifications_town import NEWS, Town

from parvis_notifications.inbound_settings import InboundHookSettings, InboundSettings
from parvis_notifications.outgoing.webhook_keys import new_keys, shown_secret, signatures

PHONE = "+33612345678"
TEXT = {"sender": PHONE, "text": "Le lampadaire de la rue\x00 Oberkampf est éteint."}
CALL = {"caller": PHONE, "outcome": "missed", "began_at": "2026-11-26T08:12:00Z", "seconds": 0}
OLD, NEW, ELSEWHERE = new_keys(), new_keys(), new_keys()


@pytest.fixture(autouse=True)
def hooks(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    own = (
        InboundHookSettings.model_validate(
            {"collectivity": "paris", "secrets": [shown_secret(OLD), shown_secret(NEW)]}
        ),
        InboundHookSettings.model_validate({"collectivity": "lutece", "secrets": [shown_secret(ELSEWHERE)]}),
    )
    settings = post.service.runtime.settings
    monkeypatch.setitem(settings.__dict__, "inbound_hooks", own)
    monkeypatch.setitem(settings.__dict__, "inbound_per_hour", 3)


async def bring(
    post: Post, way: str, body: dict[str, Any], *, key: bytes = NEW, id_: str = "", late: int = 0, town: str = "paris"
) -> httpx.Response:
    content, at, name = json.dumps(body).encode(), int(time.time()) - late, id_ or f"msg_{uuid4()}"
    headers = {
        "Content-Type": "application/json",
        "webhook-id": name,
        "webhook-timestamp": str(at),
        "webhook-signature": signatures([key], name, at, content),
    }
    return await post.client.post(f"/v1/collectivities/{town}/inbound-{way}", content=content, headers=headers)


async def test_a_text_message_is_kept_once_and_told_of_without_a_word_of_it(
    post: Post, capfd: pytest.CaptureFixture[str]
) -> None:
    answers = [await bring(post, "texts", TEXT, id_="msg_1", key=key) for key in (OLD, NEW)]
    assert [answer.status_code for answer in answers] == [204, 204]
    (kept,) = await received(post)
    assert {name: kept[name] for name in ("way", "held", "request_id", "sender", "text", "call")} == {
        "way": "sms",
        "held": "direct",
        "request_id": None,
        "sender": PHONE,
        "text": "Le lampadaire de la rue Oberkampf est éteint.",
        "call": None,
    }
    stored = str([dict(row) for row in await post.pool.fetch("SELECT * FROM inbound_message")])
    told = str([dict(row) for row in await post.pool.fetch("SELECT * FROM outbox")])
    for said in (stored, told, capfd.readouterr().out):
        assert "Oberkampf" not in said
        assert PHONE not in said
    id_ = await post.pool.fetchval("SELECT id FROM inbound_message")
    assert (await ask(post, f"/{id_}", "DELETE")).status_code == 204
    assert (await bring(post, "texts", TEXT, id_="msg_1")).status_code == 204
    assert await post.pool.fetchval("SELECT count(*) FROM inbound_message WHERE content IS NULL") == 1


async def test_a_call_is_kept_with_how_long_it_was_and_whether_somebody_answered(post: Post) -> None:
    assert (await bring(post, "calls", CALL)).status_code == 204
    withheld = CALL | {"caller": None, "outcome": "answered", "seconds": 75}
    assert (await bring(post, "calls", withheld)).status_code == 204
    missed, spoken = await received(post)
    assert (missed["way"], missed["sender"], missed["text"]) == ("call", PHONE, "")
    assert missed["call"] == {"outcome": "missed", "began_at": "2026-11-26T08:12:00Z", "seconds": 0}
    assert (spoken["sender"], spoken["call"]["outcome"], spoken["call"]["seconds"]) == ("", "answered", 75)


async def test_what_is_not_signed_by_the_town_s_operators_or_not_of_now_is_refused(post: Post) -> None:
    refused = [
        await bring(post, "texts", TEXT, key=ELSEWHERE),
        await bring(post, "texts", TEXT, town="lutece"),
        await bring(post, "texts", TEXT, town="rome"),
        await bring(post, "texts", TEXT, late=301),
        await bring(post, "texts", TEXT, late=-330),
        await bring(post, "texts", TEXT, id_="x" * 256),
        await post.client.post("/v1/collectivities/paris/inbound-texts", json=TEXT),
    ]
    assert {(answer.status_code, answer.json()["code"]) for answer in refused} == {(401, "unauthenticated")}
    assert (await bring(post, "texts", TEXT, late=270)).status_code == 204
    assert await post.pool.fetchval("SELECT count(*) FROM inbound_message") == 1


@pytest.mark.parametrize(
    ("way", "body"),
    [
        ("texts", TEXT | {"text": ""}),
        ("texts", TEXT | {"sender": "<script>"}),
        ("texts", TEXT | {"to": PHONE}),
        ("texts", CALL),
        ("calls", CALL | {"seconds": True}),
        ("calls", CALL | {"seconds": 86_401}),
        ("calls", CALL | {"began_at": "2026-11-26T08:12:00"}),
        ("calls", CALL | {"outcome": "busy"}),
    ],
)
async def test_what_means_nothing_is_refused(post: Post, way: str, body: dict[str, Any]) -> None:
    assert (await bring(post, way, body)).status_code == 422
    assert await post.pool.fetch("SELECT 1 FROM inbound_message") == []


@pytest.mark.parametrize("words", ["STOP", " stop. ", "Arrêt", "« STOP SMS »"])
async def test_stop_ends_the_news_of_that_number_once_and_is_not_kept(town: Town, words: str) -> None:
    post = town.post
    await town.ask(phone=PHONE, topics=[{"topic": "works", "channels": ["sms"]}], consents=[NEWS])
    again = "UPDATE subscriber SET state = 'active', news_at = now()"
    await post.pool.execute(again)
    assert (await bring(post, "texts", {"sender": PHONE, "text": words}, id_="msg_2")).status_code == 204
    assert await post.pool.fetchval("SELECT news_at FROM subscriber") is None
    assert await received(post) == []
    assert await post.pool.fetchval("SELECT content FROM inbound_message") is None
    await post.pool.execute(again)
    assert (await bring(post, "texts", {"sender": PHONE, "text": words}, id_="msg_2")).status_code == 204
    assert await post.pool.fetchval("SELECT news_at FROM subscriber") is not None, "it came late, and was done before"


async def test_there_is_an_end_to_what_a_town_takes_in_an_hour_and_none_to_stop(post: Post) -> None:
    for _ in range(3):
        assert (await bring(post, "texts", TEXT)).status_code == 204
    full = await bring(post, "calls", CALL)
    assert (full.status_code, full.json()["code"], full.headers["Retry-After"]) == (429, "too-many-received", "600")
    assert (await bring(post, "texts", {"sender": PHONE, "text": "STOP"})).status_code == 204


async def test_a_message_that_cannot_be_told_of_is_not_taken(post: Post) -> None:
    with pytest.MonkeyPatch.context() as broken:

        async def gone(*_: object) -> None:
            raise ConnectionError

        broken.setattr("parvis_notifications.service.receive_hooks.outbox.add", gone)
        answer = await bring(post, "texts", TEXT, id_="msg_3")
    assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)
    assert await post.pool.fetch("SELECT 1 FROM inbound_message") == []
    assert (await bring(post, "texts", TEXT, id_="msg_3")).status_code == 204


@pytest.mark.parametrize(
    "hooks_",
    [
        [{"collectivity": "paris", "secrets": ["whsec_c2hvcnQ="]}],
        [{"collectivity": "paris", "secrets": [shown_secret(OLD)[6:]]}],
        [{"collectivity": town, "secrets": [shown_secret(OLD)]} for town in ("paris", "lutece")],
    ],
)
def test_a_secret_is_long_and_one_town_s_alone(hooks_: list[dict[str, Any]]) -> None:
    with pytest.raises(ValueError, match="a secret"):
        InboundSettings.model_validate({"inbound_hooks": hooks_})
