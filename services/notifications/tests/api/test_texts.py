# SPDX-License-Identifier: EUPL-1.2
"""Text messages: whom they go to, by which provider, and what is known of them; none is lost and none goes twice."""

import json
from typing import Any

import pytest
from notifications_post import Post, changed
from notifications_texts import NUMBER, Texts

from parvis_local.smssink.faults import Fault
from parvis_notifications.db.deliveries import Deliveries
from parvis_notifications.domain.breaker import FAILURES
from parvis_notifications.outgoing.twilio import Twilio


async def waiting(texts: Texts) -> Any:
    """Somebody for whom a text message waits."""
    reader = texts.person()
    await texts.choose(reader, "email", "sms")
    await texts.post.told(reader, "taken", reference="R-2026-7KQ4-XM7")
    return reader


async def test_who_chose_it_gets_a_text_at_their_verified_number_and_learns_when_it_arrived(texts: Texts) -> None:
    reader = await waiting(texts)
    await texts.send()
    (text,) = texts.first.texts()
    assert (text.to, text.sender) == (NUMBER, "Ville")
    assert text.body.startswith("Ville de Paris : ")
    assert "R-2026-7KQ4-XM7" in text.body
    assert "http://localhost:8080/v1/requests/" in text.body
    item = await texts.explained(reader)
    assert (item["outcome"], item["reason"], item["state"], item["finality"]) == ("sent", "chosen", "sent", "open")
    assert [(each["provider"], each["outcome"]) for each in item["attempt_log"]] == [("first", "accepted")]
    texts.first.settle()
    await texts.ask()
    item = await texts.explained(reader)
    assert (item["state"], item["finality"], item["report_status"]) == ("delivered", "final", "delivered")
    assert item["delivered_at"] is not None
    (row,) = await texts.post.pool.fetch("SELECT segments, cost_millicents, ask_at FROM delivery WHERE channel = 'sms'")
    assert (row["segments"], row["cost_millicents"], row["ask_at"]) == (1, 5_500, None)
    (told,) = await texts.post.pool.fetch("SELECT data FROM outbox")
    assert json.loads(told["data"])["channel"] == "sms"
    assert NUMBER.removeprefix("+33") not in told["data"]


async def test_the_usual_is_mail_and_what_the_law_has_sent_takes_a_text_where_nothing_else_reaches(
    texts: Texts,
) -> None:
    usual, reachable, unreachable = texts.person(), texts.person(), texts.person(email=None)
    await texts.post.told(usual, "taken")
    for reader in (reachable, unreachable):
        await texts.post.told(reader, "submitted")
    await texts.send()
    reasons = [(await texts.explained(reader))["reason"] for reader in (usual, reachable, unreachable)]
    assert reasons == ["not-chosen", "reached-otherwise", "legal-notice"]
    assert len(texts.first.texts()) == 1
    nowhere = texts.person(phone=None, email=None)
    await texts.post.told(nowhere, "submitted")
    assert (await texts.explained(nowhere))["reason"] == "no-address"


async def test_where_the_town_sends_no_texts_that_is_said_to_who_chose_them(post: Post, texts: Texts) -> None:
    reader = texts.person()
    await texts.choose(reader, "sms")
    post.more = {}
    await post.told(reader, "taken")
    item = await texts.explained(reader)
    assert (item["outcome"], item["reason"], item["state"]) == ("withheld", "not-offered", None)


async def test_while_a_provider_is_in_trouble_the_next_one_steps_in_and_the_first_is_left_alone(texts: Texts) -> None:
    texts.first.faults = [Fault.AWAY] * 100
    reader = await waiting(texts)
    for _ in range(FAILURES + 2):
        await texts.post.told(reader, "taken")
    await texts.send()
    assert len(texts.second.texts()) == FAILURES + 3
    assert texts.first.asked == FAILURES, "the breaker is open by then"
    ways = await texts.post.pool.fetch("SELECT provider, outcome, reply FROM delivery_attempt ORDER BY began_at")
    assert [tuple(row) for row in ways[:2]] == [("first", "deferred", "503 20503"), ("second", "accepted", "queued")]


async def test_when_no_provider_can_be_reached_a_text_waits_and_then_goes(texts: Texts) -> None:
    reader = await waiting(texts)
    texts.first.faults, texts.second.faults = [Fault.AWAY], [Fault.AWAY]
    await texts.send()
    item = await texts.explained(reader)
    assert (item["state"], item["finality"], item["last_reply"]) == ("retry", "open", "503 20503")
    await texts.post.due_now("delivery")
    await texts.send(sms_providers=(texts.first.settings("wrong"), texts.second.settings()))
    assert (len(texts.first.texts()), len(texts.second.texts())) == (0, 1)
    item = await texts.explained(reader)
    assert [each["reply"] for each in item["attempt_log"]] == ["503 20503", "503 20503", "401 20003", "queued"]


async def test_a_text_whose_answer_was_lost_is_asked_after_and_not_sent_again(texts: Texts) -> None:
    reader = await waiting(texts)
    texts.first.faults = [Fault.UNANSWERED]
    await texts.send()
    item = await texts.explained(reader)
    assert (item["state"], item["finality"], item["last_reply"]) == ("unknown", "unknown", "HTTP 502")
    assert item["next_attempt_at"] is None
    await texts.post.due_now("delivery")
    await texts.send()
    assert (len(texts.first.texts()), len(texts.second.texts())) == (1, 0)
    await texts.ask()
    item = await texts.explained(reader)
    assert (item["state"], [each["outcome"] for each in item["attempt_log"]]) == ("sent", ["accepted"])
    assert len(texts.first.texts()) == 1


async def test_two_alike_of_which_one_was_taken_are_not_found_in_the_same(texts: Texts) -> None:
    reader = await waiting(texts)
    request = await texts.post.pool.fetchval("SELECT link FROM message")
    await texts.post.told(reader, "taken", sequence=2, reference="R-2026-7KQ4-XM7", request_id=request[-36:])
    texts.first.faults = [Fault.UNANSWERED, Fault.UNANSWERED]
    await texts.send()
    texts.first.texts()[1].body += " (never taken)"
    await texts.ask()
    states = await texts.post.pool.fetch("SELECT state FROM delivery WHERE channel = 'sms' ORDER BY state")
    assert [row["state"] for row in states] == ["retry", "sent"]


class Died(BaseException):
    """The worker was killed here."""


@pytest.mark.parametrize("step", ["before-hand-over", "before-submit", "after-submit", "after-sent"])
async def test_whenever_the_worker_dies_a_text_goes_once(
    texts: Texts, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = await waiting(texts)
    where: dict[str, tuple[type, str, bool]] = {
        "before-hand-over": (Deliveries, "hand_over", False),
        "before-submit": (Twilio, "submit", False),
        "after-submit": (Twilio, "submit", True),
        "after-sent": (Deliveries, "sent", True),
    }
    class_, name, done = where[step]
    whole = getattr(class_, name)

    async def dying(*args: Any, **more: Any) -> None:
        if done:
            await whole(*args, **more)
        raise Died

    with monkeypatch.context() as patched:
        patched.setattr(class_, name, dying)
        with pytest.raises(Died):
            await texts.send()
    for _ in range(3):
        await texts.post.due_now("delivery")
        await texts.send()
        await texts.ask()
    assert len(texts.first.texts() + texts.second.texts()) == 1
    assert (await texts.explained(reader))["state"] == "sent"
    assert await texts.post.pool.fetchval("SELECT count(*) FROM outbox") == 1


async def test_a_stop_ends_the_texts_and_the_person_sees_how_that_came_about(texts: Texts) -> None:
    reader = await waiting(texts)
    texts.first.faults = [Fault.STOPPED]
    await texts.send()
    item = await texts.explained(reader)
    assert (item["state"], item["last_reply"], texts.second.asked) == ("failed", "400 21610", 0)
    chosen = (await texts.post.get(reader, "/v1/notification-preferences")).json()
    assert {channel for topic in chosen["topics"] for channel in topic["channels"]} == {"email"}
    newest = (await texts.post.get(reader, "/v1/notification-preference-changes")).json()["items"][0]
    assert (newest["way"], newest["channels"]) == ("stop", ["email"])
    await texts.post.told(reader, "taken")
    assert (await texts.explained(reader))["reason"] == "texts-stopped"


async def test_what_never_can_arrive_is_final_and_what_was_lost_is_told(texts: Texts) -> None:
    reader = await waiting(texts)
    texts.first.faults = [Fault.NO_NUMBER]
    await texts.send()
    item = await texts.explained(reader)
    assert (item["state"], item["finality"], texts.second.asked) == ("failed", "final", 0)
    texts.first.faults = [Fault.LOST]
    await texts.post.told(reader, "taken")
    await texts.send()
    texts.first.settle()
    await texts.ask()
    item = await texts.explained(reader)
    assert (item["state"], item["finality"], item["report_status"]) == ("bounced", "final", "undelivered 30003")


async def test_a_text_that_nobody_needs_any_more_is_not_sent(texts: Texts) -> None:
    reader = await waiting(texts)
    await texts.post.pool.execute("UPDATE delivery SET useless_at = now()")
    await texts.send()
    assert ((await texts.explained(reader))["last_reply"], texts.first.asked) == ("too-late", 0)


async def test_a_text_that_waits_goes_to_the_number_that_the_person_has_by_then(texts: Texts) -> None:
    reader = await waiting(texts)
    texts.post.owners.contacts[reader.subject]["phone"] = "+33639980098"
    await texts.post.hear(changed(reader, "phone"))
    await texts.send()
    assert [text.to for text in texts.first.texts()] == ["+33639980098"]
