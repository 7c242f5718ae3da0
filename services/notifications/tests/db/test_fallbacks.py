# SPDX-License-Identifier: EUPL-1.2
"""Where a channel fails for good the next one in its order is used: once, and only where anybody needs it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from notifications_appointments import Appointment
from notifications_fallbacks import (
    FOR_NOW,
    choose,
    come_back,
    count,
    explained,
    fall_back,
    refused_mails,
    said,
    waiting,
)
from notifications_gathering import maker
from notifications_letters import ADDRESS, Letters
from notifications_post import Post
from notifications_texts import NUMBER, Texts

from parvis_local.smssink.faults import Fault

STANDING_BY = ("standby", "in-reserve", None)
NEXT = ("sent", "next-in-order", "pending")


@pytest.mark.parametrize("end", [refused_mails, come_back])
async def test_a_mail_that_does_not_arrive_is_followed_by_a_text_and_the_person_sees_the_order(
    texts: Texts, end: Any
) -> None:
    reader = await waiting(texts, "email", "sms")
    await fall_back(texts.post)
    found = await explained(texts.post, reader)
    assert (found["order"], found["used"]) == (["email", "sms"], ["email"])
    assert said(found["items"]["sms"]) == STANDING_BY
    assert "réserve" in found["items"]["sms"]["explanation"]
    await end(texts.post)
    for _ in range(2):
        await fall_back(texts.post)
    assert await count(texts.post) == 1
    await texts.send()
    assert [text.to for text in texts.first.texts()] == [NUMBER]
    found = await explained(texts.post, reader)
    assert (found["order"], found["used"]) == (["email", "sms"], ["email", "sms"])
    item = found["items"]["sms"]
    assert (item["rank"], item["follows"]) == (2, "email")
    assert said(item) == ("sent", "next-in-order", "sent")


@pytest.mark.parametrize("fault", [Fault.NO_NUMBER, Fault.LOST])
async def test_the_order_is_the_persons_and_a_text_may_be_followed_by_a_mail(texts: Texts, fault: Fault) -> None:
    reader = await waiting(texts, "sms", "email")
    texts.first.faults = [fault]
    await texts.send()
    await texts.post.send_mails()
    assert texts.post.sink.taken == []
    texts.first.settle()
    await texts.ask()
    await fall_back(texts.post)
    await texts.post.send_mails()
    assert len(texts.post.sink.taken) == 1
    found = await explained(texts.post, reader)
    assert (found["order"], found["items"]["email"]["follows"]) == (["sms", "email"], "sms")


async def test_what_is_refused_for_now_or_arrives_is_followed_by_nothing(texts: Texts) -> None:
    reader = await waiting(texts, "email", "sms")
    await refused_mails(texts.post, FOR_NOW)
    await fall_back(texts.post)
    assert said((await explained(texts.post, reader))["items"]["email"])[2] == "retry"
    await texts.post.due_now("delivery")
    await texts.post.send_mails()
    await fall_back(texts.post)
    assert said((await explained(texts.post, reader))["items"]["sms"]) == STANDING_BY


async def test_what_nobody_knows_is_looked_up_first(texts: Texts) -> None:
    await waiting(texts, "sms", "email")
    texts.first.faults = [Fault.UNANSWERED]
    await texts.send()
    await fall_back(texts.post)
    assert await count(texts.post, "email") == 0
    await texts.ask()
    await fall_back(texts.post)
    assert await count(texts.post, "email") == 0


async def test_all_are_used_at_once_where_nothing_else_was_said(texts: Texts) -> None:
    reader = texts.person()
    await choose(texts.post, reader, "email", "sms", mode="all")
    await texts.post.told(reader, "taken")
    found = await explained(texts.post, reader)
    assert (found["order"], {each["outcome"] for each in found["items"].values()}) == ([], {"sent"})
    assert await texts.post.pool.fetchval("SELECT count(*) FROM delivery WHERE fallback_at IS NOT NULL") == 0


async def test_who_has_read_it_meanwhile_is_not_told_again(texts: Texts) -> None:
    reader = await waiting(texts, "email", "sms")
    await refused_mails(texts.post)
    await texts.post.pool.execute("UPDATE message SET read_at = now()")
    await fall_back(texts.post)
    assert said((await explained(texts.post, reader))["items"]["sms"]) == ("withheld", "already-read", None)


async def test_what_a_later_message_has_overtaken_is_not_told_again(texts: Texts) -> None:
    reader = texts.person()
    await choose(texts.post, reader, "email", "sms", topic="appointments")
    meeting = Appointment(texts.post, reader, datetime.now(UTC) + timedelta(days=300))
    for name in ("booked", "moved"):
        await texts.post.hear(meeting.event(name))
        await texts.post.compose()
    await refused_mails(texts.post)
    await fall_back(texts.post)
    assert said((await explained(texts.post, reader, at=1))["items"]["sms"]) == ("withheld", "overtaken", None)
    assert said((await explained(texts.post, reader))["items"]["sms"]) == NEXT


async def test_what_nobody_needs_any_more_is_not_told_again(texts: Texts) -> None:
    reader = await waiting(texts, "email", "sms")
    await texts.post.pool.execute("UPDATE delivery SET useless_at = now()")
    await texts.post.send_mails()
    await fall_back(texts.post)
    assert said((await explained(texts.post, reader))["items"]["sms"]) == ("withheld", "too-late", None)


async def test_the_next_waits_for_the_end_of_quiet_hours_and_goes_by_what_is_chosen_then(texts: Texts) -> None:
    reader, other = await waiting(texts, "email", "sms"), await waiting(texts, "email", "sms")
    await refused_mails(texts.post)
    begins, ends = (datetime.now(UTC) + timedelta(hours=hours) for hours in (-2, 2))
    rest = {"begins": f"{begins:%H:%M}", "ends": f"{ends:%H:%M}", "time_zone": "UTC"}
    await choose(texts.post, reader, "email", "sms", version=1, quiet=rest)
    await choose(texts.post, other, "email", version=1)
    await fall_back(texts.post)
    item = (await explained(texts.post, reader))["items"]["sms"]
    assert said(item) == ("deferred", "next-in-order", "pending")
    assert item["not_before_at"] == item["next_attempt_at"]
    await texts.send()
    assert texts.first.texts() == []
    assert said((await explained(texts.post, other))["items"]["sms"]) == ("withheld", "not-chosen", None)


async def test_the_address_is_the_one_that_the_person_has_by_then_and_none_is_asked_in_vain(texts: Texts) -> None:
    reader = texts.person(phone=None)
    await choose(texts.post, reader, "email", "sms")
    await texts.post.told(reader, "taken")
    assert said((await explained(texts.post, reader))["items"]["sms"]) == ("withheld", "no-address", None)
    texts.post.owners.contacts[reader.subject]["phone"] = "+33639980098"
    await refused_mails(texts.post)
    await fall_back(texts.post)
    await texts.send()
    assert [text.to for text in texts.first.texts()] == ["+33639980098"]


async def test_where_none_is_left_the_message_stays_in_the_inbox(texts: Texts) -> None:
    reader = await waiting(texts, "email", "sms")
    texts.post.owners.contacts[reader.subject]["phone"] = None
    await refused_mails(texts.post)
    await fall_back(texts.post)
    found = await explained(texts.post, reader)
    assert (said(found["items"]["sms"]), found["used"]) == (("withheld", "no-address", None), ["email"])
    assert await texts.post.pool.fetchval("SELECT count(*) FROM delivery WHERE fallback_at IS NOT NULL") == 0


async def test_what_the_law_has_sent_tries_every_address_in_turn(texts: Texts, quick: Letters, post: Post) -> None:
    reader = texts.person()
    post.owners.contacts[reader.subject]["postal_address"] = ADDRESS
    await post.told(reader, "submitted")
    found = await explained(post, reader)
    assert (found["order"], found["used"]) == (["email", "sms", "letter"], ["email"])
    await come_back(post)
    await fall_back(post)
    item = (await explained(post, reader))["items"]["sms"]
    assert (said(item), item["legal_basis"], item["follows"]) == (NEXT, "crpa-l112-11", "email")
    texts.first.faults = [Fault.LOST]
    await texts.send()
    (text,) = texts.first.texts()
    assert "http://localhost:8080/v1/requests/" in text.body
    texts.first.settle()
    await texts.ask()
    await fall_back(post)
    await quick.send()
    assert len(quick.first.posted()) == 1
    found = await explained(post, reader)
    assert (found["used"], found["items"]["letter"]["follows"]) == (["email", "sms", "letter"], "sms")


@pytest.mark.usefixtures("quick")
async def test_while_one_of_several_may_arrive_nothing_follows(texts: Texts, post: Post) -> None:
    reader = texts.person()
    post.owners.contacts[reader.subject]["postal_address"] = ADDRESS
    await choose(post, reader, "email", "sms", mode="all")
    await post.told(reader, "submitted")
    await refused_mails(post)
    await fall_back(post)
    assert await count(post, "letter") == 0
    texts.first.faults = [Fault.NO_NUMBER]
    await texts.send()
    await fall_back(post)
    assert await count(post, "letter") == 1


async def test_what_a_gathering_mail_did_not_bring_goes_by_the_next(texts: Texts, post: Post) -> None:
    reader = texts.person()
    await choose(post, reader, "email", "sms", digest="daily")
    for _ in range(2):
        await post.told(reader, "taken")
    await post.pool.execute("UPDATE digest SET look_at = now()")
    while await maker(post).round():
        pass
    await refused_mails(post)
    await fall_back(post)
    assert [said((await explained(post, reader, at=n))["items"]["sms"]) for n in range(2)] == [NEXT, NEXT]
