# SPDX-License-Identifier: EUPL-1.2
"""News go to whoever subscribed to their topic and cares for their area, by the channel and at the time they chose."""

from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from notifications_post import Post, changed, merged
from notifications_sink import form
from notifications_town import EMERGENCY, HALL, MINE, NEWS, SQUARE, STATION, Town, place, wishes

from parvis_notifications.db.audiences import freeze, next_ready
from parvis_notifications.domain.broadcast import Lane
from parvis_notifications.domain.topic import Channel
from parvis_notifications.outgoing import bulk_mail


@pytest.fixture
async def town(post: Post) -> AsyncIterator[Town]:
    made = Town(post)
    assert (await made.topic()).status_code == 200
    yield made
    await made.aclose()


async def follow(town: Town, email: str, **body: object) -> None:
    reader = town.post.person(email)
    assert (await town.choose(reader, wishes(**body))).status_code == 200


async def test_news_of_an_area_reach_those_who_care_for_it_and_those_who_named_no_place(town: Town) -> None:
    await follow(town, "hall@example.org", places=[place(HALL)])
    await follow(town, "station@example.org", places=[place(STATION)])
    await follow(town, "around@example.org", places=[place(STATION, radius_m=2_000)])
    await follow(town, "drawn@example.org", places=[{"label": "x", "outline": SQUARE}])
    await follow(town, "all@example.org")
    await follow(town, "none@example.org", consents=[])
    item = (await town.publish(areas=[SQUARE], area_label="Rue de Rivoli")).json()
    await town.send()
    assert town.told() == ["all@example.org", "around@example.org", "drawn@example.org", "hall@example.org"]
    mail = town.post.sink.mails()[0]
    assert "Rue de Rivoli" in form(mail, "plain")
    assert mail["Subject"] == "Rue barrée"
    read = (await town.post.get(town.agent, f"/v1/news-items/{item['id']}")).json()
    assert (read["state"], read["figures"]["parts"]) == ("done", [{"channel": "email", "state": "sent", "people": 4}])
    listed = (await town.post.get(town.agent, "/v1/news-items")).json()["items"]
    assert [(each["id"], each["areas"]) for each in listed] == [(item["id"], [SQUARE])]
    elsewhere = town.post.service.agent("lutece")
    assert (await town.post.get(elsewhere, f"/v1/news-items/{item['id']}")).status_code == 404
    assert (await town.post.get(town.agent, "/v1/news-topics")).json()["items"][0]["active"] is True
    assert (await town.post.get(town.post.person(), "/v1/news-topics")).status_code == 403
    town.post.sink.taken.clear()
    await town.send()
    assert town.told() == [], "once"


async def test_each_is_told_in_their_language_where_it_was_written_in_it(town: Town) -> None:
    await follow(town, "zoe@example.org", language="en")
    words = {"subject": "Rue barrée", "body": "Lundi."}
    await town.publish(texts={"fr": words, "en": {"subject": "Road closed", "body": "On Monday."}})
    await town.publish(texts={"fr": words})
    await town.send()
    assert sorted(mail["Subject"] for mail in town.post.sink.mails()) == ["Road closed", "Rue barrée"]


@pytest.mark.parametrize("end", ["\u2028", "\x85"])
async def test_a_subject_with_a_line_end_of_a_word_processor_goes_on_one_line(town: Town, end: str) -> None:
    await follow(town, "zoe@example.org")
    await town.publish(texts={"fr": {"subject": f"Rue{end}barrée", "body": "Lundi."}})
    await town.send()
    assert [mail["Subject"] for mail in town.post.sink.mails()] == ["Rue barrée"]


async def test_what_is_wrong_with_one_item_or_one_address_keeps_no_other_from_going(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    await follow(town, "zoe@example.org")
    await follow(town, "broken@example.org")
    mark = town.post.service.runtime.blind_index.of("subscriber.email", "broken@example.org")
    await town.post.pool.execute("UPDATE subscriber SET email = 'x' WHERE email_mark = $1", mark)
    whole = bulk_mail.bulk_mail

    def broken(**values: Any) -> Any:
        if values["subject"] == "Illisible":
            raise ValueError
        return whole(**values)

    monkeypatch.setattr("parvis_notifications.service.broadcast_words.bulk_mail", broken)
    for subject in ("Illisible", "Rue barrée"):
        await town.publish(texts={"fr": {"subject": subject, "body": "Lundi."}})
    for _ in range(2):
        with suppress(ValueError):
            await town.send()
    assert town.told() == ["zoe@example.org"]
    states = await town.post.pool.fetch("SELECT state FROM broadcast_delivery ORDER BY state")
    assert [row["state"] for row in states].count("failed") == 1


async def test_in_quiet_hours_news_wait_for_their_end(town: Town) -> None:
    reader = town.post.person("zoe@example.org")
    await town.choose(reader, wishes())
    now = datetime.now(UTC)
    begins, ends = now - timedelta(hours=1), now + timedelta(hours=1)
    quiet = {"begins": f"{begins:%H:%M}", "ends": f"{ends:%H:%M}", "time_zone": "UTC"}
    body: dict[str, object] = {"language": None, "quiet_hours": quiet, "topics": []}
    await town.client.put("/v1/notification-preferences", json=body, headers=reader.headers | {"If-Match": '"0"'})
    await town.publish()
    await town.send()
    assert town.told() == []
    (row,) = await town.post.pool.fetch("SELECT state, last_reply, due_at FROM broadcast_delivery")
    assert (row["state"], row["last_reply"]) == ("pending", "quiet-hours")
    assert timedelta(minutes=58) < row["due_at"] - now <= timedelta(hours=1, minutes=1)
    await town.post.pool.execute("UPDATE preference SET quiet_begins = NULL")
    await town.post.pool.execute("UPDATE broadcast_delivery SET due_at = now()")
    await town.send()
    assert town.told() == ["zoe@example.org"]


async def test_who_takes_consent_back_after_the_audience_was_frozen_is_not_told(town: Town) -> None:
    await follow(town, "zoe@example.org")
    await town.publish()
    town.post.sink.sender_replies = ["421 4.3.2 later"]
    await town.send()
    await town.post.pool.execute("UPDATE subscriber SET news_at = NULL")
    await town.post.pool.execute("UPDATE broadcast_delivery SET due_at = now()")
    await town.send()
    assert town.told() == []
    assert await town.post.pool.fetchval("SELECT state FROM broadcast_delivery") == "skipped"


async def test_an_address_that_changed_is_asked_for_and_who_is_gone_is_told_nothing(town: Town) -> None:
    reader = town.post.person("old@example.org")
    await town.choose(reader, wishes())
    town.post.owners.contacts[reader.subject]["email"] = "new@example.org"
    await town.post.hear(changed(reader, "email"))
    await town.refresh()
    await town.publish()
    await town.send()
    assert town.told() == ["new@example.org"]
    del town.post.owners.contacts[reader.subject]
    await town.post.hear(changed(reader, "email"))
    await town.refresh()
    assert await town.post.pool.fetch("SELECT 1 FROM subscriber") == []


async def test_what_was_paused_waits_and_what_was_cancelled_never_goes(town: Town) -> None:
    await follow(town, "zoe@example.org")
    item = (await town.publish()).json()
    path = f"/v1/news-items/{item['id']}/transitions"

    async def move(action: str, tag: str) -> int:
        headers = town.agent.headers | {"If-Match": tag}
        return (await town.client.post(path, json={"action": action}, headers=headers)).status_code

    assert await move("pause", '"1"') == 200
    await town.send()
    assert town.told() == []
    assert await move("pause", '"2"') == 409
    assert await move("cancel", '"1"') == 412
    assert await move("resume", '"2"') == 200
    await town.send()
    assert town.told() == ["zoe@example.org"]
    other = (await town.publish()).json()
    path = f"/v1/news-items/{other['id']}/transitions"
    assert await move("cancel", '"1"') == 200
    await town.send()
    assert town.told() == ["zoe@example.org"]
    public = (await town.client.get("/v1/collectivities/paris/news")).json()
    assert [each["id"] for each in public["items"]] == [item["id"]]


async def test_what_a_merged_account_had_chosen_is_the_others_from_then_on(town: Town) -> None:
    gone, stays = town.post.person("gone@example.org"), town.post.person("stays@example.org")
    await town.choose(gone, wishes(places=[place(HALL)]))
    await town.post.hear(merged(gone, stays))
    await town.refresh()
    mine = (await town.post.get(stays, MINE)).json()
    assert ([each["label"] for each in mine["places"]], mine["topics"][0]["topic"]) == (["Chez moi"], "works")
    await town.publish(areas=[SQUARE])
    await town.send()
    assert town.told() == ["stays@example.org"]


async def test_twenty_that_wait_for_the_end_of_quiet_hours_hold_no_other_back(town: Town) -> None:
    await follow(town, "zoe@example.org")
    for _ in range(20):
        await town.publish()
    await town.send()
    await town.post.pool.execute("UPDATE broadcast SET state = 'sending', done_at = NULL")
    await town.post.pool.execute("UPDATE broadcast_delivery SET state = 'pending', due_at = now() + interval '1 h'")
    town.post.sink.taken.clear()
    await town.publish()
    await town.send()
    assert town.told() == ["zoe@example.org"]


async def frozen(town: Town, email: str) -> str:
    """Somebody for whom a piece of news is frozen and has not gone; their link."""
    link = await town.subscribed(email)
    await town.publish()
    ready = await next_ready(town.post.pool, Lane.NEWS)
    assert ready is not None
    await freeze(town.post.pool, ready, Lane.NEWS, lambda _: list(Channel))
    return link


async def test_a_topic_that_is_ended_ends_for_what_was_frozen_before(town: Town) -> None:
    link = await frozen(town, "zoe@example.org")
    assert (await town.act(link, act="stop-topic", topic="works")).status_code == 200
    await town.send()
    assert town.told() == []


async def test_a_doubtful_mail_goes_no_more_to_who_does_not_want_it_nor_without_end(town: Town) -> None:
    for doubts, link in ((1, await frozen(town, "zoe@example.org")), (5, None)):
        if link is None:
            await frozen(town, "leo@example.org")
        else:
            assert (await town.act(link, act="stop-news")).status_code == 200
        await town.post.pool.execute(
            "UPDATE broadcast_delivery SET state = 'retry', handed_over_at = now(), doubts = $1"
            " WHERE state = 'pending'",
            doubts,
        )
        await town.send()
    assert town.told() == []
    ended = await town.post.pool.fetch("SELECT state, last_reply FROM broadcast_delivery ORDER BY recipient")
    assert [tuple(row) for row in ended] == [("unknown", "not-wanted"), ("unknown", "unanswered")]


async def test_a_consent_that_only_the_merged_account_gave_is_kept_with_its_places(town: Town) -> None:
    absorbed, kept = town.post.person("a@example.org"), town.post.person("b@example.org")
    await town.choose(absorbed, wishes(topics=[], places=[place(HALL)], consents=[EMERGENCY]))
    await town.choose(kept, wishes())
    await town.post.hear(merged(absorbed, kept))
    told = (await town.post.get(kept, MINE)).json()
    assert [(each["purpose"], each["given"]) for each in told["consents"]] == [("emergency", True), ("news", True)]
    assert [each["label"] for each in told["places"]] == ["Chez moi"]
    (row,) = await town.post.pool.fetch("SELECT news_at, emergency_at FROM subscriber")
    assert None not in row.values()


async def test_what_both_answered_is_as_the_account_that_stays_has_it(town: Town) -> None:
    absorbed, kept = town.post.person("a@example.org"), town.post.person("b@example.org")
    await town.choose(absorbed, wishes(topics=[], places=[place(HALL)], consents=[EMERGENCY]))
    await town.choose(kept, wishes(consents=[NEWS, EMERGENCY]))
    await town.choose(kept, wishes(consents=[EMERGENCY | {"given": False}]), '"1"')
    await town.post.hear(merged(absorbed, kept))
    assert await town.post.pool.fetchval("SELECT emergency_at FROM subscriber") is None
    assert await town.post.pool.fetch("SELECT 1 FROM place") == []


async def test_one_whose_audience_cannot_be_frozen_holds_no_other_back(town: Town) -> None:
    await follow(town, "zoe@example.org")
    broken = (await town.publish()).json()["id"]
    await town.post.pool.execute(
        "INSERT INTO recipient (broadcast_id, subscriber_id, collectivity, language)"
        " SELECT $1, id, collectivity, 'fr' FROM subscriber",
        broken,
    )
    await town.publish(texts={"fr": {"subject": "Autre", "body": "Autre rue."}})
    await town.send()
    assert [mail["Subject"] for mail in town.post.sink.mails()] == ["Autre"]
    await town.post.pool.execute("DELETE FROM recipient WHERE broadcast_id = $1", broken)
    await town.post.pool.execute("UPDATE broadcast SET freeze_after = now() WHERE state = 'ready'")
    await town.send()
    assert len(town.told()) == 2, "what was in its way is gone"


async def test_the_topics_of_the_merged_account_come_with_its_consent_to_news(town: Town) -> None:
    absorbed, kept = town.post.person("a@example.org"), town.post.person("b@example.org")
    await town.choose(absorbed, wishes())
    await town.choose(kept, wishes(topics=[], places=[place(HALL)], consents=[EMERGENCY]))
    await town.post.hear(merged(absorbed, kept))
    told = (await town.post.get(kept, MINE)).json()
    assert [each["topic"] for each in told["topics"]] == ["works"]
