# SPDX-License-Identifier: EUPL-1.2
"""What people want to be told of the town: with an account, or by an address that they confirm themselves."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from notifications_sink import form
from notifications_texts import Provider, Texts, texts_provider
from notifications_town import EMERGENCY, HALL, MINE, NEWS, SQUARE, Town, place, wishes

from parvis_notifications.service.broadcast_links import recipient_tokens
from parvis_notifications.service.refresh_contacts import purge_unconfirmed
from parvis_notifications.service.stop_by_text import stop_by_text


async def test_topics_are_data_that_agents_keep_and_everybody_reads(town: Town) -> None:
    assert (await town.topic()).status_code == 412
    assert (await town.topic(tag='"1"')).headers["etag"] == '"2"'
    listed = await town.client.get("/v1/collectivities/paris/news-topics")
    assert listed.json() == {"items": [{"code": "works", "label": {"fr": "Travaux", "en": "Works"}, "active": True}]}
    assert (await town.client.get("/v1/collectivities/lutece/news-topics")).json() == {"items": []}
    citizen = town.post.person()
    refused = await town.client.put(
        "/v1/news-topics/menus",
        json={"label": {"fr": "Menus", "en": "Menus"}},
        headers=citizen.headers | {"If-Match": '"0"'},
    )
    assert refused.status_code == 403


async def test_an_account_chooses_topics_places_and_consents_and_sees_them(town: Town) -> None:
    reader = town.post.person()
    first = await town.post.get(reader, MINE)
    assert (first.headers["etag"], first.json()["topics"], first.headers["cache-control"]) == ('"0"', [], "no-store")
    places = [place(HALL, radius_m=500), {"label": "Le parc", "outline": SQUARE}, place(HALL)]
    chosen = await town.choose(reader, wishes(places=places, consents=[NEWS, EMERGENCY]))
    assert (chosen.status_code, chosen.headers["etag"]) == (200, '"1"')
    body = (await town.post.get(reader, MINE)).json()
    assert body == chosen.json()
    assert [(each["label"], each["radius_m"]) for each in body["places"]] == [
        ("Chez moi", 500),
        ("Le parc", None),
        ("Chez moi", None),
    ]
    assert body["places"][1]["outline"] == SQUARE
    assert [(each["purpose"], each["given"], each["words"]) for each in body["consents"]] == [
        ("emergency", True, EMERGENCY["words"]),
        ("news", True, NEWS["words"]),
    ]
    (row,) = await town.post.pool.fetch("SELECT label FROM place WHERE outline IS NULL")
    assert b"Chez" not in row["label"]
    assert (await town.choose(reader, wishes())).status_code == 412


async def test_consent_to_news_is_none_to_alerts_and_taking_one_back_leaves_the_other(town: Town) -> None:
    reader = town.post.person()
    await town.choose(reader, wishes(consents=[NEWS, EMERGENCY]))
    back = NEWS | {"given": False, "words": "Plus d'actualités."}
    await town.choose(reader, wishes(consents=[back]), '"1"')
    (row,) = await town.post.pool.fetch("SELECT news_at, emergency_at FROM subscriber")
    assert (row["news_at"], row["emergency_at"] is None) == (None, False)
    kept = await town.post.pool.fetch("SELECT purpose, given, way FROM consent ORDER BY created_at, purpose DESC")
    assert [tuple(each) for each in kept] == [
        ("news", True, "account"),
        ("emergency", True, "account"),
        ("news", False, "account"),
    ]


BAD: list[dict[str, Any]] = [
    {"topics": [{"topic": "unknown", "channels": ["email"]}]},
    {"topics": [{"topic": "works", "channels": []}]},
    {"topics": [{"topic": "works", "channels": ["email"]}] * 2},
    {"places": [{"label": "x"}]},
    {"places": [place(HALL) | {"outline": SQUARE}]},
    {"places": [{"label": "x", "outline": SQUARE, "radius_m": 100}]},
    {
        "places": [
            {"label": "x", "outline": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}}
        ]
    },
    {"places": [{"label": "x", "outline": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1]]]}}]},
    {"places": [place([200, 0])]},
    {"places": [place(HALL, radius_m=9)]},
    {"consents": [NEWS, NEWS]},
    {"consents": [NEWS | {"given": "yes"}]},
    {"quiet": True},
]


@pytest.mark.parametrize("change", BAD)
async def test_what_means_nothing_is_refused(town: Town, change: dict[str, Any]) -> None:
    answer = await town.choose(town.post.person(), wishes(**change))
    assert (answer.status_code, answer.json()["code"]) == (422, "validation-failed")
    assert await town.post.pool.fetch("SELECT 1 FROM subscriber") == []


async def test_an_address_is_told_nothing_before_it_has_confirmed_and_then_it_is(town: Town) -> None:
    asked = await town.ask(email="zoe@Example.org")
    assert (asked.status_code, asked.headers["cache-control"]) == (202, "no-store")
    await town.publish()
    await town.send()
    assert town.told() == []
    link = await town.link()
    (mail,) = town.post.sink.mails()
    assert mail["List-Unsubscribe"] is None
    page = await town.client.get(link)
    assert (page.status_code, "Confirmer" in page.text) == (200, True)
    assert (await town.post.pool.fetchval("SELECT state FROM subscriber")) == "pending", "opening changes nothing"
    assert "Travaux" in (await town.act(link, act="confirm")).text
    town.post.sink.taken.clear()
    await town.publish()
    await town.send()
    assert town.told() == ["zoe@Example.org"]


async def test_a_code_confirms_as_well_and_five_wrong_ones_end_it(town: Town) -> None:
    for right in (True, False):
        asked = (await town.ask(email=f"zoe{right}@example.org")).json()
        await town.post.send_mails()
        code = re.search(r"\b(\d{6})\b", form(town.post.sink.mails()[-1], "plain"))
        assert code
        path = f"/v1/collectivities/paris/subscriptions/{asked['id']}/confirmations"
        elsewhere = path.replace("paris", "lutece")
        assert (await town.client.post(elsewhere, json={"code": code[1]})).status_code == 404
        wrong = f"{(int(code[1]) + 1) % 1_000_000:06}"
        for _ in range(1 if right else 5):
            answer = await town.client.post(path, json={"code": wrong})
            assert (answer.status_code, answer.json()["code"]) == (422, "wrong-code")
        last = await town.client.post(path, json={"code": code[1]})
        assert last.status_code == (204 if right else 404)
    states = await town.post.pool.fetch("SELECT state FROM subscriber ORDER BY state")
    assert [row["state"] for row in states] == ["active", "pending"]


async def test_a_number_gets_its_code_by_text_message(town: Town) -> None:
    with texts_provider("first") as first, texts_provider("second") as second:
        texts = Texts(town.post, first, second)
        asked = (await town.ask(phone="+33612345678", topics=[{"topic": "works", "channels": ["sms"]}])).json()
        await texts.send()
        (text,) = first.texts()
        code = re.search(r"\b(\d{6})\b", text.body)
        assert code
        assert "subscription" not in text.body, "the right to it is the code"
        path = f"/v1/collectivities/paris/subscriptions/{asked['id']}/confirmations"
        assert (await town.client.post(path, json={"code": code[1]})).status_code == 204
        await news_by_text(town, first)
        await texts.aclose()


async def news_by_text(town: Town, provider: Provider) -> None:
    await town.publish()
    await town.send()
    news = [text.body for text in provider.texts() if "Rue barrée" in text.body]
    assert len(news) == 1
    cost = await town.post.pool.fetchval("SELECT cost_millicents FROM broadcast_delivery WHERE state = 'sent'")
    assert cost == 5_500, "one segment, with the link that ends them"
    await ended_by_text(town, provider, news[0])


async def test_a_stop_by_text_ends_the_news_of_that_number_and_no_alerts(town: Town) -> None:
    runtime, topics = town.post.service.runtime, [{"topic": "works", "channels": ["sms"]}]
    for phone in ("+33612345678", "+33612345679"):
        asked = await town.ask(phone=phone, topics=topics, consents=[NEWS, EMERGENCY])
        assert asked.status_code == 202
    await town.post.pool.execute("UPDATE subscriber SET state = 'active', news_at = now(), emergency_at = now()")
    for again in (1, 0):
        async with runtime.database.unit_of_work() as uow:
            now = datetime.now(UTC)
            stopped = await stop_by_text(uow.session, runtime.blind_index, "paris", "+33612345678", now)
            await uow.commit()
        assert stopped == again
    rows = await town.post.pool.fetch("SELECT news_at IS NULL AS ended, emergency_at IS NULL AS safe FROM subscriber")
    assert sorted((row["ended"], row["safe"]) for row in rows) == [(False, False), (True, False)]
    kept = await town.post.pool.fetch("SELECT words, way FROM consent WHERE NOT given")
    assert [tuple(row) for row in kept] == [("STOP", "stop")]


async def ended_by_text(town: Town, provider: Provider, body: str) -> None:
    found = re.search(r"STOP : http://localhost:8080(/subscription\?token=([\w-]{20}))$", body)
    assert found
    link, number = found[1], await town.post.pool.fetchval("SELECT number FROM recipient")
    assert (await town.client.get(link)).status_code == 200
    alerts = recipient_tokens(town.post.service.runtime.master).of(number)
    for other in (alerts, found[2][:-1] + ("A" if found[2][-1] != "A" else "B")):
        assert (await town.client.get(f"/subscription?token={other}")).status_code == 404
    before = len(provider.texts())
    assert (await town.act(link, act="stop-all")).status_code == 200
    assert (await town.client.get(link)).status_code == 404
    await town.publish()
    await town.send()
    assert len(provider.texts()) == before
    assert await town.post.pool.fetchval("SELECT count(*) FROM subscriber WHERE state = 'active'") == 0


async def test_what_was_not_confirmed_in_time_is_gone(town: Town) -> None:
    await town.ask(email="zoe@example.org")
    link = await town.link()
    await town.post.pool.execute("UPDATE subscription_code SET expires_at = now() - interval '2 hours'")
    assert (await town.act(link, act="confirm")).status_code == 404
    persons, key = town.post.service.runtime.persons, await town.post.pool.fetchval("SELECT key_person FROM subscriber")
    await purge_unconfirmed(town.post.pool, persons)
    assert await town.post.pool.fetch("SELECT 1 FROM subscriber") == []
    assert await persons.of_many({key}) == {}, "nobody reads any more what was sent to them"


async def test_what_is_said_to_be_erased_is_unreadable_whoever_is_killed(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = await town.subscribed("zoe@example.org")
    persons, key = town.post.service.runtime.persons, await town.post.pool.fetchval("SELECT key_person FROM subscriber")

    async def killed(*_: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(type(persons), "destroy", killed)
        assert (await town.act(link, act="stop-all")).status_code == 503
    assert len(await town.post.pool.fetch("SELECT 1 FROM subscriber")) == 1, "nothing is said to be erased"
    assert "effacés" in (await town.act(link, act="stop-all")).text
    assert await persons.of_many({key}) == {}


async def test_an_address_is_asked_three_times_a_day_and_every_call_is_answered_alike(town: Town) -> None:
    answers = [await town.ask(email="zoe@example.org") for _ in range(4)]
    assert {answer.status_code for answer in answers} == {202}
    assert {tuple(answer.json()) for answer in answers} == {("id", "confirm_before")}
    await town.post.send_mails()
    assert len(town.post.sink.taken) == 3


async def test_whoever_confirms_anew_is_told_by_the_new_choice_alone(town: Town) -> None:
    await town.topic("menus")
    await town.subscribed("zoe@example.org")
    await town.subscribed("Zoe@example.org", topics=[{"topic": "menus", "channels": ["email"]}])
    await town.publish()
    await town.send()
    assert town.told() == []
    await town.publish(topic="menus")
    await town.send()
    assert town.told() == ["Zoe@example.org"]


async def test_one_click_ends_a_topic_and_the_page_ends_and_erases_all(town: Town) -> None:
    await town.topic("menus")
    both = [{"topic": code, "channels": ["email"]} for code in ("menus", "works")]
    link = await town.subscribed("zoe@example.org", topics=both)
    await town.publish()
    await town.send()
    (mail,) = town.post.sink.mails()
    one_click = mail["List-Unsubscribe"].strip("<>").partition("8080")[2] or mail["List-Unsubscribe"].strip("<>")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    done = await town.client.post(one_click, data={"List-Unsubscribe": "One-Click"})
    assert (done.status_code, "Travaux (" in done.text) == (200, False)
    town.post.sink.taken.clear()
    for topic in ("works", "menus"):
        await town.publish(topic=topic)
    await town.send()
    assert town.told() == ["zoe@example.org"]
    key = await town.post.pool.fetchval("SELECT key_person FROM subscriber")
    assert "effacés" in (await town.act(link, act="stop-all")).text
    assert await town.post.pool.fetch("SELECT 1 FROM subscriber") == []
    assert await town.post.service.runtime.persons.of_many({key}) == {}
    assert (await town.client.get(link)).status_code == 404


@pytest.mark.parametrize(
    "fields", [{}, {"act": "perhaps"}, {"act": "stop-topic"}, {"act": "confirm", "topic": "works"}]
)
async def test_what_is_no_answer_changes_nothing(town: Town, fields: dict[str, str]) -> None:
    link = await town.subscribed("zoe@example.org")
    assert (await town.act(link, **fields)).status_code == 400
    assert (await town.act("/subscription?token=" + "A" * 44, act="stop-all")).status_code == 404
    assert len(await town.post.pool.fetch("SELECT 1 FROM subscription")) == 1
