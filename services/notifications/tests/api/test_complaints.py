# SPDX-License-Identifier: EUPL-1.2
"""Complaints of mailbox providers (RFC 5965): what they end, and what they do not."""

from typing import Any

import pytest
from notifications_alerts import Alerts
from notifications_bounces import BOUNCES
from notifications_post import Post
from notifications_replies import intake
from notifications_senders import Office
from notifications_town import EMERGENCY, HALL, NEWS, Town, place, wishes

COMPLAINTS = "plaintes@reponses.ville.example"
_REPORT = """\
From: <feedback@fai.example>
To: <plaintes@reponses.ville.example>
Subject: FW: Rue barree
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="A1B2"

--A1B2
Content-Type: text/plain; charset="US-ASCII"

This is an email abuse report for an email message received from IP 192.0.2.1.

--A1B2
Content-Type: message/feedback-report

Feedback-Type: {kind}
User-Agent: SomeGenerator/1.0
Version: 1
{fields}
--A1B2
Content-Type: {third}

{headers}
Subject: Rue barree

Lundi.
--A1B2--
"""


def report(
    fields: str = "", headers: str = "From: <x@ville.example>", kind: str = "abuse", third: str = "message/rfc822"
) -> bytes:
    told = _REPORT.format(kind=kind, fields=fields + "\n" if fields else "", headers=headers, third=third)
    return told.replace("\n", "\r\n").encode()


def about(sender: str, kind: str = "abuse") -> bytes:
    return report(f"Original-Mail-From: <{sender}>", kind=kind)


async def bring(post: Post, content: bytes, to: str = COMPLAINTS) -> str:
    async with intake(post, complaint_address=COMPLAINTS, bounce_address=BOUNCES) as courier:
        return (await courier.bring(to, content, "feedback@fai.example"))[-1]


async def mailed(town: Town, **changes: Any) -> tuple[str, str]:
    """A piece of news; returns its envelope sender and the link that ends it."""
    await town.publish(**changes)
    await town.send(bounce_address=BOUNCES)
    mail = town.post.sink.mails()[-1]
    return town.post.sink.envelopes[-1][0], str(mail["List-Unsubscribe"])


async def channels(town: Town) -> list[list[str]]:
    rows = await town.post.pool.fetch("SELECT channels FROM subscription ORDER BY topic")
    return [row["channels"] for row in rows]


@pytest.mark.parametrize("by", ["sender", "return-path", "link", "headers"])
async def test_who_calls_news_spam_has_no_more_mails_of_that_topic(town: Town, by: str) -> None:
    await town.topic("menus")
    both = [{"topic": each, "channels": ["email", "push"]} for each in ("works", "menus")]
    await town.choose(town.post.person("zoe@example.org"), wishes(topics=both, consents=[NEWS]))
    sender, link = await mailed(town)
    brought = {
        "sender": about(sender),
        "return-path": report(headers=f"Return-Path: <{sender.upper()}>"),
        "link": report(headers=f"List-Unsubscribe: {link}"),
        "headers": report(headers=f"List-Unsubscribe: {link}", third="text/rfc822-headers"),
    }
    for _ in range(2):
        assert (await bring(town.post, brought[by])).startswith("250")
    assert await channels(town) == [["email", "push"], ["push"]]
    sent = len(town.post.sink.taken)
    await town.publish()
    await town.send()
    assert len(town.post.sink.taken) == sent


async def test_who_has_no_account_keeps_their_other_topics(town: Town) -> None:
    await town.topic("menus")
    both = [{"topic": each, "channels": ["email"]} for each in ("works", "menus")]
    await town.subscribed("zoe@example.org", topics=both, consents=[NEWS])
    sender, _ = await mailed(town)
    await bring(town.post, about(sender))
    assert [row["topic"] for row in await town.post.pool.fetch("SELECT topic FROM subscription")] == ["menus"]


async def test_one_about_a_message_ends_the_mails_of_its_topic_but_for_what_the_law_has_sent(post: Post) -> None:
    reader = post.person("camille@example.org")
    for name, left in (("submitted", ["email"]), ("taken", [])):
        await post.told(reader, name)
        await post.send_mails(bounce_address=BOUNCES)
        assert (await bring(post, about(post.sink.envelopes[-1][0]))).startswith("250")
        chosen = (await post.get(reader, "/v1/notification-preferences")).json()["topics"]
        assert next(each["channels"] for each in chosen if each["topic"] == "requests") == left
    (change,) = (await post.get(reader, "/v1/notification-preference-changes")).json()["items"]
    assert (change["way"], change["words"]) == ("complaint", "abuse")


@pytest.mark.parametrize("kind", ["not-spam", "fraud", "virus", "other", ""])
async def test_other_reports_and_other_mails_end_nothing(town: Town, kind: str) -> None:
    await town.choose(town.post.person("zoe@example.org"), wishes())
    sender, _ = await mailed(town)
    local, _, domain = sender.partition("@")
    forged = f"{local[:-1]}{'b' if local[-1] == 'a' else 'a'}@{domain}"
    mail = b"Subject: Bonjour\r\n\r\nTrop de courriels."
    for content in (about(sender, kind), about(forged), about(f"{local}@autre.example"), mail, report()):
        assert (await bring(town.post, content)).startswith("250")
    assert await channels(town) == [["email"]]
    assert (await bring(town.post, about(sender), "autre@reponses.ville.example")).startswith("550")


async def test_what_cannot_be_done_now_comes_again(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    await town.choose(town.post.person("zoe@example.org"), wishes())
    sender, _ = await mailed(town)

    async def gone(*_: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr("parvis_notifications.service.note_complaint.subscribers.topics_of", gone)
        assert (await bring(town.post, about(sender))).startswith("451")
    assert await channels(town) == [["email"]]
    assert (await bring(town.post, about(sender))).startswith("250")
    assert await channels(town) == []


async def test_one_about_a_mail_of_an_application_is_taken_and_ends_nothing(post: Post) -> None:
    office = Office(post)
    sent = await office.send(await office.key(), await office.desk.published())
    assert sent.status_code == 201, sent.text
    await post.send_mails(bounce_address=BOUNCES)
    assert (await bring(post, about(post.sink.envelopes[-1][0]))).startswith("250")


async def test_alerts_end_by_no_complaint(alerts: Alerts) -> None:
    town = alerts.town
    await town.topic()
    await town.choose(town.post.person("zoe@example.org"), wishes(places=[place(HALL)], consents=[NEWS, EMERGENCY]))
    await alerts.issue(areas=[], everywhere=True)
    await town.send(bounce_address=BOUNCES)
    await bring(town.post, about(town.post.sink.envelopes[-1][0]))
    assert await town.post.pool.fetchval("SELECT emergency_at IS NOT NULL FROM subscriber")
    assert await channels(town) == [["email"]]
