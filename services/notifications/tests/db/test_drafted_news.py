# SPDX-License-Identifier: EUPL-1.2
"""News before they go: drafted, changed, shown by each channel, counted with their cost, tried, and then published."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from notifications_texts import Texts, texts_provider
from notifications_town import HALL, NEWS, SQUARE, STATION, Town, place, wishes

PUBLIC = "/v1/collectivities/paris/news"
WORDS = {
    "fr": {"subject": "Menus de mai", "body": "Lundi : lentilles."},
    "en": {"subject": "Menus", "body": "Lentils."},
}


async def drafted(town: Town, **changes: Any) -> dict[str, Any]:
    made = await town.publish(draft=True, **changes)
    assert made.status_code == 201, made.text
    return dict(made.json())


async def act(town: Town, item: dict[str, Any], action: str, version: int = 1) -> httpx.Response:
    headers = town.agent.headers | {"If-Match": f'"{version}"'}
    path = f"/v1/news-items/{item['id']}/transitions"
    return await town.client.post(path, json={"action": action}, headers=headers)


async def look(town: Town, item: dict[str, Any], what: str, **query: str) -> dict[str, Any]:
    answer = await town.client.get(f"/v1/news-items/{item['id']}/{what}", params=query, headers=town.agent.headers)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_a_draft_is_nobody_s_until_it_is_published_and_goes_once(town: Town) -> None:
    reader = town.post.person("zoe@example.org")
    await town.choose(reader, wishes())
    item = await drafted(town)
    assert item["state"] == "draft"
    await town.send()
    assert ((await town.client.get(PUBLIC)).json()["items"], town.post.sink.taken) == ([], [])
    assert (await town.post.get(reader, f"/v1/broadcast-explanations/{item['id']}")).status_code == 404
    for _ in range(2):  # as often as one likes
        version = (await town.post.get(town.agent, f"/v1/news-items/{item['id']}")).headers["ETag"]
        body = {"topic": "works", "texts": WORDS}
        headers = town.agent.headers | {"If-Match": version}
        again = await town.client.put(f"/v1/news-items/{item['id']}", json=body, headers=headers)
        assert (again.status_code, again.json()["state"]) == (200, "draft")
    assert (await act(town, item, "publish", 1)).status_code == 412
    assert (await act(town, item, "pause", 3)).status_code == 409
    sent = await act(town, item, "publish", 3)
    assert (sent.status_code, sent.json()["state"]) == (200, "ready")
    assert (await act(town, item, "publish", 4)).status_code == 409
    for _ in range(2):
        await town.send()
    assert [mail["Subject"] for mail in town.post.sink.mails()] == ["Menus de mai"]
    assert [each["subject"] for each in (await town.client.get(PUBLIC)).json()["items"]] == ["Menus de mai"]


async def test_a_draft_keeps_its_time_and_goes_at_once_where_that_has_passed(town: Town) -> None:
    await town.choose(town.post.person("zoe@example.org"), wishes())
    ahead = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    later, passed = await drafted(town, scheduled_at=ahead), await drafted(town, scheduled_at=ahead)
    past = "UPDATE broadcast SET publish_at = now() - interval '1 hour', freeze_after = now() - interval '1 hour'"
    await town.post.pool.execute(f"{past} WHERE id = $1", passed["id"])
    for item in (later, passed):
        assert (await act(town, item, "publish")).json()["state"] == "ready"
    await town.send()
    read = [(await town.post.get(town.agent, f"/v1/news-items/{each['id']}")).json() for each in (later, passed)]
    assert [each["state"] for each in read] == ["ready", "done"]
    assert datetime.fromisoformat(read[0]["publish_at"]) == datetime.fromisoformat(ahead)


async def test_a_draft_is_thrown_away_and_a_topic_that_is_gone_keeps_it(town: Town) -> None:
    item, kept = await drafted(town), await drafted(town)
    assert (await act(town, item, "cancel")).json()["state"] == "cancelled"
    reader = town.post.person("zoe@example.org")
    assert (await town.post.get(reader, f"/v1/broadcast-explanations/{item['id']}")).status_code == 404
    assert (await act(town, item, "publish", 2)).status_code == 409
    await town.post.pool.execute("UPDATE news_topic SET active = false")
    assert (await act(town, kept, "publish")).status_code == 422


async def test_it_is_shown_in_each_language_as_it_goes_by_each_channel(town: Town) -> None:
    item = await drafted(town, texts=WORDS, link="https://ville.example/menus", area_label="École du Bac")
    shown = await look(town, item, "preview")
    assert (shown["language"], shown["subject"], shown["push_title"]) == ("fr", "Menus de mai", "Ville de Paris")
    for words in (shown["text"], shown["html"], shown["push_body"]):
        assert "Lundi : lentilles." in words
        assert "École du Bac" in words
    assert "https://ville.example/menus" in shown["text"]
    assert "https://ville.example/menus" in shown["sms"]
    assert "STOP : http://localhost:8080/subscription?token=" in shown["sms"]
    assert (shown["sms_encoding"], shown["sms_segments"]) == ("gsm-7", 2 if len(shown["sms"]) > 160 else 1)
    other = await look(town, item, "preview", language="en-GB")
    assert (other["language"], other["subject"]) == ("en", "Menus")
    assert (await look(town, item, "preview", language="br"))["language"] == "fr"
    # The same words go, but for each recipient's own links.
    await town.choose(town.post.person("zoe@example.org"), wishes())
    await act(town, item, "publish")
    await town.send()
    (mail,) = town.post.sink.mails()
    plain = mail.get_body(("plain",))
    assert plain is not None
    assert plain.get_content().split("token=")[0].split() == shown["text"].split("token=")[0].split()


async def test_whom_it_would_reach_and_the_cost_are_counted_without_those_who_rest(town: Town) -> None:
    with texts_provider("first") as first, texts_provider("second") as second:
        texts = Texts(town.post, first, second)
        settings = town.post.service.runtime.settings.__dict__
        before = {name: settings[name] for name in town.post.more if name in settings}
        settings |= town.post.more
        both = [{"topic": "works", "channels": ["email", "sms"]}]
        for number, where in ((1, HALL), (2, STATION)):
            reader = texts.person(f"+3361234567{number}", f"p{number}@example.org")
            await town.choose(reader, wishes(topics=both, consents=[NEWS], places=[place(where)]))
        await town.choose(texts.person("+33612345679", "p3@example.org"), wishes(consents=[NEWS]))
        await town.choose(texts.person("+33612345670", "p4@example.org"), wishes(consents=[]))
        everybody = await drafted(town)
        found = await look(town, everybody, "coverage")
        assert (found["people"], found["email"], found["sms"], found["push"], found["unreachable"]) == (3, 3, 2, 0, 0)
        assert found["cost_millicents"] == 2 * found["segments"] * 5_500 + 3 * settings["smtp_mail_millicents"]
        await town.post.pool.execute(
            "INSERT INTO text_stop SELECT gen_random_uuid(), 'paris', '', phone_mark, 'text', 'STOP', now()"
            " FROM subscriber WHERE phone_mark IS NOT NULL"
        )
        await town.post.pool.execute(
            "INSERT INTO dead_address SELECT email_mark, 'paris', 'email', 1, '5.1.1', now(), now() + interval '1 day'"
            " FROM subscriber WHERE email_mark IS NOT NULL"
        )
        found = await look(town, everybody, "coverage")
        assert (found["people"], found["email"], found["sms"], found["unreachable"]) == (3, 0, 0, 3)
        await town.post.pool.execute("DELETE FROM dead_address")
        here = await drafted(town, areas=[SQUARE], area_label="Place")
        found = await look(town, here, "coverage")
        assert (found["people"], found["email"]) == (2, 2), "whoever named no place is told of all"
        settings |= before
        await texts.aclose()


async def test_an_agent_has_it_sent_to_themselves_alone(town: Town) -> None:
    await town.choose(town.post.person("zoe@example.org"), wishes())
    item = await drafted(town, texts=WORDS)
    town.post.owners.contacts[town.agent.subject] = {"email": "agent@ville.example", "language": "fr"}
    key = {"Idempotency-Key": town.post.key()}
    for _ in range(2):
        path = f"/v1/news-items/{item['id']}/test-sends"
        answer = await town.client.post(path, json={"language": "en"}, headers=town.agent.headers | key)
        assert answer.status_code == 202, answer.text
    await town.post.send_mails()
    await town.send()
    assert [to for _, to in town.post.sink.envelopes] == ["agent@ville.example"]
    assert [mail["Subject"] for mail in town.post.sink.mails()] == ["[Trial] Menus"]
