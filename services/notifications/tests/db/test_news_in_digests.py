# SPDX-License-Identifier: EUPL-1.2
"""News that somebody has gathered: held from the audience on, told once, and counted as what became of their mail."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from notifications_bounces import BOUNCES, bounce_intake, notification
from notifications_gathering import GATHERED, figures, gathering, its_time, published
from notifications_post import Post, merged
from notifications_sink import form
from notifications_town import Town, wishes

from parvis_notifications.db import gathered_news
from parvis_notifications.db.deliveries import Deliveries
from parvis_notifications.domain.digest import MOST_LINES
from parvis_notifications.service.forget_erased import forget_erased
from parvis_testing import Caller


@pytest.fixture
async def town(post: Post) -> AsyncIterator[Town]:
    made = Town(post)
    assert (await made.topic()).status_code == 200
    yield made
    await made.aclose()


async def part(town: Town, reader: Caller, item: str) -> dict[str, Any]:
    (told,) = (await town.post.get(reader, f"/v1/broadcast-explanations/{item}")).json()["parts"]
    return dict(told)


async def test_news_wait_for_the_persons_hour_and_go_in_one_mail_with_their_messages(town: Town) -> None:
    reader = await gathering(town)
    await town.choose(town.post.person("now@example.org"), wishes())
    read = (await town.post.get(reader, "/v1/my-subscriptions")).json()
    assert read["topics"] == GATHERED
    first = await published(town, link="https://paris.example/travaux")
    second = await published(town, "Place fermée")
    await town.send()
    await town.send()
    assert town.told() == ["now@example.org"] * 2
    assert await figures(town, first) == ("sending", {"sent": 1, "gathered": 1})
    waiting = await part(town, reader, first)
    assert (waiting["reason"], waiting["state"], waiting["attempts"]) == ("digest", "gathered", 0)
    due = datetime.fromisoformat(waiting["next_attempt_at"]).astimezone(ZoneInfo("Europe/Paris"))
    assert (due.hour, due.minute) == (18, 0)
    await town.post.told(reader, "taken", reference="R-2026-0001-XM7")
    town.post.sink.taken.clear()
    await its_time(town)
    assert await figures(town, first) == ("sending", {"sent": 1, "gathered": 1}), "made is not gone"
    await town.post.send_mails()
    (mail,) = town.post.sink.mails()
    assert (mail["To"], mail["Subject"]) == ("zoe@example.org", "3 messages dans votre boîte")
    text = form(mail, "plain")
    assert [
        each in text for each in ("R-2026-0001-XM7", "- Rue barrée", "- Place fermée", "paris.example/travaux")
    ] == [True] * 4
    await town.send()
    for item in (first, second):
        assert await figures(town, item) == ("done", {"sent": 2})
    told = await part(town, reader, first)
    assert (told["reason"], told["state"], told["attempts"], told["next_attempt_at"]) == ("agreed", "sent", 1, None)
    await its_time(town)
    await town.post.send_mails()
    assert len(town.post.sink.mails()) == 1, "nothing new, no mail"


async def test_news_alone_make_a_mail_whose_words_no_inbox_repeats(town: Town) -> None:
    reader = await gathering(town)
    for number in range(MOST_LINES + 2):
        await published(town, f"Rue {number}")
    await town.send()
    await its_time(town)
    await town.post.send_mails()
    (mail,) = town.post.sink.mails()
    assert mail["Subject"] == f"{MOST_LINES + 2} messages dans votre boîte"
    text = form(mail, "plain")
    assert (text.count("- Rue"), "… et 2 autres." in text) == (MOST_LINES, True)
    assert (await town.post.get(reader, "/v1/inbox-messages?count=exact")).json()["count"] == 0


async def test_a_mail_to_one_does_not_wait_behind_the_digests_of_a_town(town: Town) -> None:
    for number in range(3):
        await gathering(town, f"many{number}@example.org")
    await published(town)
    await town.send()
    await its_time(town)
    await town.post.told(town.post.person("one@example.org"))
    await town.post.send_mails(mail_connections=1)
    assert town.told() == ["one@example.org"]
    await town.post.send_mails()
    assert town.told() == [f"many{number}@example.org" for number in range(3)] + ["one@example.org"]


async def test_quiet_hours_hold_that_mail(town: Town) -> None:
    begins, ends = (datetime.now(ZoneInfo("Europe/Paris")) + timedelta(hours=hours) for hours in (-2, 2))
    quiet = {"begins": f"{begins:%H:%M}", "ends": f"{ends:%H:%M}", "time_zone": "Europe/Paris"}
    reader = await gathering(town, quiet=quiet)
    item = await published(town)
    await town.send()
    assert (await part(town, reader, item))["reason"] == "digest"
    await its_time(town)
    await town.post.send_mails()
    assert town.told() == []
    await town.post.due_now("delivery")
    await town.post.send_mails()
    assert town.told() == ["zoe@example.org"]


async def left_off(town: Town, reader: Caller) -> None:
    assert (await town.choose(reader, wishes(topics=[]), tag='"1"')).status_code == 200


async def withdrawn(town: Town, reader: Caller) -> None:
    no = {"purpose": "news", "given": False, "words": "Je ne veux plus rien."}
    assert (await town.choose(reader, wishes(topics=GATHERED, consents=[no]), tag='"1"')).status_code == 200


@pytest.mark.parametrize("act", [left_off, withdrawn])
async def test_what_somebody_left_off_since_does_not_go(town: Town, act: Callable[..., Any]) -> None:
    reader = await gathering(town)
    item = await published(town)
    await town.send()
    await act(town, reader)
    await its_time(town)
    await town.post.send_mails()
    assert town.told() == []
    assert (await part(town, reader, item))["reason"] == "not-wanted"
    await town.send()
    assert await figures(town, item) == ("done", {"skipped": 1})


async def test_without_an_address_it_is_said_to_have_failed(town: Town) -> None:
    reader = await gathering(town)
    item = await published(town)
    await town.send()
    town.post.owners.contacts[reader.subject]["email"] = None
    await its_time(town)
    await town.send()
    assert await figures(town, item) == ("done", {"failed": 1})
    assert (await part(town, reader, item))["reason"] == "no-address"


async def move(town: Town, item: str, action: str) -> None:
    tag = (await town.post.get(town.agent, f"/v1/news-items/{item}")).headers["etag"]
    headers = town.agent.headers | {"If-Match": tag, "Idempotency-Key": town.post.key()}
    answer = await town.client.post(f"/v1/news-items/{item}/transitions", json={"action": action}, headers=headers)
    assert answer.status_code in {200, 201}, answer.text


async def test_what_is_paused_goes_in_a_later_one_and_what_is_cancelled_in_none(town: Town) -> None:
    reader = await gathering(town)
    paused, cancelled = await published(town, "Plus tard"), await published(town, "Jamais")
    await town.send()
    await town.send()

    await move(town, paused, "pause")
    await move(town, cancelled, "cancel")
    assert (await part(town, reader, paused))["reason"] == "paused"
    await its_time(town)
    await town.post.send_mails()
    assert town.told() == []
    assert (await part(town, reader, cancelled))["reason"] == "called-off"
    await move(town, paused, "resume")
    await town.send()
    assert (await part(town, reader, paused))["reason"] == "digest"
    await its_time(town)
    await town.post.send_mails()
    (mail,) = town.post.sink.mails()
    text = form(mail, "plain")
    assert ("Plus tard" in text, "Jamais" in text) == (True, False)


@pytest.mark.parametrize(("rhythm", "days", "ends"), [("weekly", 8, "gathered"), ("daily", 8, "failed")])
async def test_what_waited_a_week_for_a_mail_of_a_week_is_not_too_late_for_the_next(
    town: Town, rhythm: str, days: int, ends: str
) -> None:
    reader = await gathering(town)
    chosen = [GATHERED[0] | {"digest": rhythm}]
    assert (await town.choose(reader, wishes(topics=chosen), tag='"1"')).status_code == 200
    item = await published(town)
    await town.send()
    await move(town, item, "pause")
    await its_time(town)
    await town.post.pool.execute("UPDATE broadcast SET frozen_at = frozen_at - make_interval(days => $1)", days)
    await move(town, item, "resume")
    await town.send()
    assert (await part(town, reader, item))["state"] == ends


async def test_a_mail_that_is_refused_or_comes_back_is_that_of_its_news(town: Town) -> None:
    for email in ("one@example.org", "two@example.org"):
        await gathering(town, email)
    item = await published(town)
    await town.send()
    town.post.sink.recipient_replies = ["550 5.1.1 no such user"]
    town.post.more = {"bounce_address": BOUNCES}
    await its_time(town)
    await town.post.send_mails()
    await town.post.send_mails()
    assert await figures(town, item) == ("sending", {"failed": 1, "sent": 1})
    async with bounce_intake(town.post) as courier:
        await courier.bring(town.post.sink.envelopes[-1][0], notification(("failed", "5.1.1")))
    await town.send()
    assert await figures(town, item) == ("done", {"bounced": 1, "failed": 1})


async def test_a_mail_that_came_back_before_its_answer_was_kept_was_sent_all_the_same(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    await gathering(town)
    await published(town)
    await town.send()
    await its_time(town)
    whole = Deliveries.sent
    town.post.more = {"bounce_address": BOUNCES}

    async def late(*given: Any) -> None:
        async with bounce_intake(town.post) as courier:
            await courier.bring(town.post.sink.envelopes[-1][0], notification(("failed", "5.1.1")))
        await whole(*given)

    monkeypatch.setattr(Deliveries, "sent", late)
    await town.post.send_mails()
    columns = "state, attempts, provider, sent_at, report_status"
    (told,) = await town.post.pool.fetch(f"SELECT {columns} FROM broadcast_delivery")
    (mail,) = await town.post.pool.fetch(f"SELECT {columns} FROM delivery")
    assert (told, told["state"], told["sent_at"] is None) == (mail, "bounced", False)


async def test_one_click_ends_the_news_that_a_digest_told_of_and_a_button_has_them_again(town: Town) -> None:
    reader = await gathering(town)
    await published(town)
    await town.send()
    await its_time(town)
    await town.post.send_mails()
    parts = urlsplit(town.post.sink.mails()[0]["List-Unsubscribe"].strip("<>"))
    where = f"{parts.path}?{parts.query}"
    assert "les actualités «\u00a0Travaux\u00a0»" in (await town.client.get(where)).text
    ended = await town.client.post(where, data={"List-Unsubscribe": "One-Click"})
    assert "Vous ne recevez plus" in ended.text
    assert (await town.post.get(reader, "/v1/my-subscriptions")).json()["topics"] == []
    again = await town.client.post(where, data={"choice": "resume"})
    assert "Vous recevez ces messages" in again.text
    assert (await town.post.get(reader, "/v1/my-subscriptions")).json()["topics"] == GATHERED


async def test_what_waits_follows_an_account_into_another_and_is_told_once(town: Town) -> None:
    gone, kept = await gathering(town), await gathering(town, "kept@example.org")
    item = await published(town)
    await town.send()
    await town.post.hear(merged(gone, kept))
    await its_time(town)
    await town.post.send_mails()
    (mail,) = town.post.sink.mails()
    assert (mail["To"], form(mail, "plain").count("- Rue barrée")) == ("kept@example.org", 1)
    await town.send()
    assert await figures(town, item) == ("done", {"sent": 2})


async def test_an_account_that_is_no_more_when_its_news_are_looked_at_has_them_in_the_other(town: Town) -> None:
    reader, kept = await gathering(town), await gathering(town, "kept@example.org")
    await town.choose(kept, wishes(topics=[]), tag='"1"')
    await published(town)
    whole = gathered_news.gather

    async def late(pool: Any, *given: Any) -> None:
        await town.post.hear(merged(reader, kept))
        await whole(pool, *given)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("parvis_notifications.service.send_broadcasts.gather", late)
        await town.send()
    rows = await town.post.pool.fetch("SELECT person FROM digest")
    assert [str(row["person"]) for row in rows] == [kept.subject]


async def test_of_who_was_erased_nothing_waits(town: Town) -> None:
    reader = await gathering(town)
    item = await published(town)
    await town.send()
    runtime = town.post.service.runtime
    await runtime.persons.destroy(reader.person)
    await forget_erased(town.post.pool, runtime.persons, pause_seconds=0)
    await town.send()
    assert await figures(town, item) == ("done", {"failed": 1})
