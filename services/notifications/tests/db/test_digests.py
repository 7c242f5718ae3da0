# SPDX-License-Identifier: EUPL-1.2
"""One mail of what was gathered: at the person's time, with nothing lost, doubled or empty."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from notifications_languages import offer
from notifications_post import TEMPLATES, Post, merged
from notifications_sink import form
from notifications_templates import Desk

from parvis_kit.db.database import UnitOfWork
from parvis_notifications.db import digests
from parvis_notifications.domain.digest import MOST_LINES
from parvis_notifications.outgoing.owners import Owners
from parvis_notifications.service.make_digests import DigestMaker
from parvis_testing import Caller


def maker(post: Post) -> DigestMaker:
    runtime = post.service.runtime
    asking = post._asking()  # noqa: SLF001
    return DigestMaker(runtime.database, runtime.persons, asking, post.fingerprints, TEMPLATES, post.settings())


async def gathering(post: Post, topics: tuple[str, ...] = ("requests",), **more: Any) -> Caller:
    """Somebody whose mails about their requests are gathered daily."""
    reader = post.person()
    chosen = [{"topic": topic, "channels": ["email"], "digest": "daily"} for topic in topics]
    await choose(post, reader, chosen, **more)
    return reader


async def choose(
    post: Post,
    reader: Caller,
    topics: list[dict[str, Any]],
    tag: str = '"0"',
    quiet: dict[str, str] | None = None,
    language: str | None = None,
) -> None:
    time = {"at": "18:00", "weekday": "friday", "time_zone": "Europe/Paris"}
    body = {"language": language, "quiet_hours": quiet, "digest_time": time, "topics": topics}
    answer = await post.client.put(
        "/v1/notification-preferences", json=body, headers=reader.headers | {"If-Match": tag}
    )
    assert answer.status_code == 200
    assert answer.json()["digest_time"] == time


async def its_time(post: Post) -> None:
    await post.pool.execute("UPDATE digest SET look_at = now() WHERE closed_at IS NULL")
    while await maker(post).round():
        pass


async def explained(post: Post, reader: Caller) -> list[dict[str, Any]]:
    found = []
    for message in (await post.get(reader, "/v1/inbox-messages?limit=100")).json()["items"]:
        answer = await post.get(reader, f"/v1/inbox-messages/{message['id']}/deliveries")
        found += answer.json()["items"]
    return found


async def test_what_was_gathered_goes_in_one_mail_and_each_message_says_so(post: Post) -> None:
    reader = await gathering(post)
    for number in range(3):
        await post.told(reader, "taken", reference=f"R-2026-000{number}-XM7")
    await post.send_mails()
    assert post.sink.mails() == []
    items = await explained(post, reader)
    assert {(item["outcome"], item["reason"], item["state"]) for item in items} == {("gathered", "digest", None)}
    due = datetime.fromisoformat(items[0]["not_before_at"]).astimezone(ZoneInfo("Europe/Paris"))
    assert (due.hour, due.minute) == (18, 0)
    await its_time(post)
    await post.send_mails()
    (mail,) = post.sink.mails()
    assert mail["Subject"] == "3 messages dans votre boîte"
    text = form(mail, "plain")
    assert [f"R-2026-000{number}-XM7" in text for number in range(3)] == [True] * 3
    assert "http://localhost:8080/v1/inbox-messages" in text
    items = await explained(post, reader)
    assert {(item["outcome"], item["state"], item["attempts"]) for item in items} == {("gathered", "sent", 1)}
    await its_time(post)
    await post.send_mails()
    assert len(post.sink.mails()) == 1, "nothing new, no mail"


async def test_what_the_law_has_sent_goes_by_itself_at_once(post: Post) -> None:
    reader = await gathering(post)
    await post.told(reader, "submitted")
    await post.send_mails()
    assert len(post.sink.mails()) == 1
    assert await post.pool.fetchval("SELECT count(*) FROM digest") == 0


async def test_a_long_list_names_the_first_and_counts_the_rest(post: Post) -> None:
    reader = await gathering(post)
    for number in range(MOST_LINES + 2):
        await post.told(reader, "taken", reference=f"R-2026-{number:04}-XM7")
    await its_time(post)
    await post.send_mails()
    text = form(post.sink.mails()[0], "plain")
    assert text.count("- Votre demande") == MOST_LINES
    assert "R-2026-0000-XM7" in text
    assert f"R-2026-{MOST_LINES:04}-XM7" not in text
    assert "… et 2 autres." in text


async def test_quiet_hours_hold_it_too(post: Post) -> None:
    begins, ends = (datetime.now(ZoneInfo("Europe/Paris")) + timedelta(hours=hours) for hours in (-2, 2))
    quiet = {"begins": f"{begins:%H:%M}", "ends": f"{ends:%H:%M}", "time_zone": "Europe/Paris"}
    reader = await gathering(post, quiet=quiet)
    await post.told(reader, "taken")
    await its_time(post)
    await post.send_mails()
    assert post.sink.mails() == []
    (item,) = await explained(post, reader)
    assert (item["state"], item["next_attempt_at"] is not None) == ("pending", True)
    await post.due_now("delivery")
    await post.send_mails()
    assert len(post.sink.mails()) == 1


async def test_a_topic_that_was_left_off_meanwhile_is_left_out_and_no_mail_is_empty(post: Post) -> None:
    reader = await gathering(post)
    await post.told(reader, "taken")
    await choose(post, reader, [{"topic": "requests", "channels": []}], tag='"1"')
    await its_time(post)
    await post.send_mails()
    assert post.sink.mails() == []
    (item,) = await explained(post, reader)
    assert (item["outcome"], item["reason"]) == ("withheld", "not-chosen")


async def test_who_has_no_address_any_more_learns_that_of_each_message(post: Post) -> None:
    reader = await gathering(post)
    await post.told(reader, "taken")
    post.owners.contacts[reader.subject]["email"] = None
    await its_time(post)
    (item,) = await explained(post, reader)
    assert (item["outcome"], item["reason"]) == ("withheld", "no-address")


async def test_while_nobody_knows_the_address_it_waits(post: Post) -> None:
    reader = await gathering(post)
    await post.told(reader, "taken")
    contact = post.owners.contacts.pop(reader.subject)
    post.owners.down = True
    await post.pool.execute("UPDATE digest SET look_at = now()")
    await maker(post).round()
    assert await post.pool.fetchval("SELECT count(*) FROM digest WHERE closed_at IS NULL AND look_at > now()") == 1
    post.owners.down, post.owners.contacts[reader.subject] = False, contact
    await its_time(post)
    await post.send_mails()
    assert len(post.sink.mails()) == 1


async def test_one_click_ends_the_mails_of_all_topics_that_it_told_of(post: Post) -> None:
    reader = await gathering(post, ("requests", "participation"))
    await post.told(reader, "taken")
    await its_time(post)
    await post.send_mails()
    link = post.sink.mails()[0]["List-Unsubscribe"].strip("<>")
    parts = urlsplit(link)
    where = f"{parts.path}?{parts.query}"
    assert "le suivi de vos demandes" in (await post.client.get(where)).text
    await post.client.post(where, data={"List-Unsubscribe": "One-Click"})
    topics = (await post.get(reader, "/v1/notification-preferences")).json()["topics"]
    assert {each["topic"]: each["channels"] for each in topics}["requests"] == []
    assert {each["topic"]: each["digest"] for each in topics}["participation"] == "daily"


async def test_what_is_gathered_and_what_is_on_its_way_follow_an_account_into_another(post: Post) -> None:
    gone, kept = await gathering(post), await gathering(post)
    await post.told(gone, "taken", reference="R-2026-0001-XM7")
    await its_time(post)
    await post.told(gone, "taken", reference="R-2026-0002-XM7")
    await post.told(kept, "taken", reference="R-2026-0003-XM7")
    await post.hear(merged(gone, kept))
    await its_time(post)
    await post.send_mails()
    await post.send_mails()
    texts = sorted(form(mail, "plain") for mail in post.sink.mails())
    assert len(texts) == 2
    assert sum("R-2026-0001-XM7" in text for text in texts) == 1
    assert sum("R-2026-0002-XM7" in text and "R-2026-0003-XM7" in text for text in texts) == 1


class Died(BaseException):
    """The worker was killed here."""


@pytest.mark.parametrize(("class_", "name", "done"), [(digests, "contents", True), (UnitOfWork, "commit", True)])
async def test_whenever_the_worker_dies_each_message_is_told_once(
    post: Post, class_: Any, name: str, done: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = await gathering(post)
    await post.told(reader, "taken")
    await post.pool.execute("UPDATE digest SET look_at = now()")
    whole = getattr(class_, name)

    async def dying(*args: Any, **more: Any) -> None:
        assert done
        await whole(*args, **more)
        raise Died

    with monkeypatch.context() as patched:
        patched.setattr(class_, name, dying)
        with pytest.raises(Died):
            await maker(post).round()
    for _ in range(2):
        await its_time(post)
        await post.send_mails()
    assert len(post.sink.mails()) == 1
    (item,) = await explained(post, reader)
    assert item["state"] == "sent"


async def test_two_workers_make_one_mail_of_it(post: Post) -> None:
    reader = await gathering(post)
    await post.told(reader, "taken")
    await post.pool.execute("UPDATE digest SET look_at = now()")
    (due,) = await digests.claim(post.pool, 10, timedelta())
    async with post.service.runtime.database.unit_of_work() as uow:
        assert await digests.hold(uow.session, due.id) is not None
        assert not await maker(post).round(), "nothing is to be done while another has it"
    assert await post.pool.fetchval("SELECT count(*) FROM digest WHERE closed_at IS NULL") == 1
    await its_time(post)
    await post.send_mails()
    assert len(post.sink.mails()) == 1


async def test_each_worker_makes_others_and_a_few_at_a_time(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        await post.told(await gathering(post), "taken")
    await post.pool.execute("UPDATE digest SET look_at = now()")
    (taken,) = await digests.claim(post.pool, 1, timedelta(minutes=1))
    whole, together, asked = Owners.contact, asyncio.Barrier(2), []

    async def beside_another(*given: Any) -> Any:
        asked.append(given[1])
        async with asyncio.timeout(60):
            await together.wait()
        return await whole(*given)

    monkeypatch.setattr(Owners, "contact", beside_another)
    assert await maker(post).round()
    assert not await maker(post).round()
    rows = await post.pool.fetch("SELECT id FROM digest WHERE closed_at IS NULL")
    assert ([row["id"] for row in rows], taken.person in asked) == ([taken.id], False), "another has it in hand"


async def test_a_line_in_another_language_is_marked_as_such_and_follows_into_another_account(post: Post) -> None:
    desk = Desk(post, post.service.agent())
    await offer(post, desk.agent, "de")
    texts = {each: {"subject": f"{each} ((reference))", "body": "((reference))"} for each in ("fr", "de")}
    made = await desk.write(name="Prise en charge", occasion="request-taken", variables=[], texts=texts)
    assert (await desk.publish(made)).status_code == 201
    reader = await gathering(post, language="de")
    for occasion in ("taken", "resolved"):
        await post.told(reader, occasion, reference="R-2026-7KQ4-XM7")
    await its_time(post)
    kept = post.person()
    await post.hear(merged(reader, kept))
    await post.send_mails()
    (mail,) = post.sink.mails()
    html = form(mail, "html")
    assert mail["Content-Language"] == "fr, de"
    assert '<html lang="fr">' in html
    assert '<ul><li lang="de" dir="ltr">de R-2026-7KQ4-XM7</li><li>' in html
