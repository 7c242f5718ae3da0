# SPDX-License-Identifier: EUPL-1.2
import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from jsonschema import Draft202012Validator
from notifications_post import TRACE, Post

from parvis_notifications.db.deliveries import Deliveries, attempt_at
from parvis_notifications.domain.topic import Channel

SCHEMA = Path(__file__).parents[4] / "contracts/events/fr.parvis.notifications.message-sent/v1.json"


async def waiting(post: Post, count: int, email: str = "camille@example.org") -> None:
    for _ in range(count):
        await post.told(post.person(email))


async def states(post: Post) -> list[tuple[str, int, str | None]]:
    return [(row["state"], row["attempts"], row["last_reply"]) for row in await post.rows("delivery")]


async def test_many_mails_go_over_few_connections_each_once(post: Post) -> None:
    await waiting(post, 12)
    await post.send_mails(mail_connections=2)
    assert len({mail["Message-ID"] for mail in post.sink.mails()}) == len(post.sink.taken) == 12
    assert post.sink.connections == 2


async def test_two_senders_at_once_send_each_mail_once(post: Post) -> None:
    await waiting(post, 20)
    await asyncio.gather(*(post.send_mails(mail_batch=3) for _ in range(8)))
    assert len({mail["Message-ID"] for mail in post.sink.mails()}) == len(post.sink.taken) == 20


async def test_a_recipient_or_content_refused_for_good_fails_and_is_not_tried_again(post: Post) -> None:
    await waiting(post, 3)
    post.sink.recipient_replies = ["550 5.1.1 camille@example.org: no such user"]
    post.sink.content_replies = ["554 5.7.1 spam"]
    await post.send_mails(mail_connections=1)
    await post.send_mails()
    found = await states(post)
    assert sorted(found) == [("failed", 0, "550 5.1.1"), ("failed", 1, "554 5.7.1"), ("sent", 1, "250 2.0.0")]
    assert not any("camille" in (reply or "") for _, _, reply in found)


async def test_a_mail_refused_for_now_comes_back_later_while_the_others_go(post: Post) -> None:
    await waiting(post, 2)
    post.sink.recipient_replies = ["451 4.7.1 greylisted"]
    await post.send_mails(mail_connections=1)
    assert [state for state, _, _ in sorted(await states(post))] == ["retry", "sent"]
    (later,) = [row for row in await post.rows("delivery") if row["state"] == "retry"]
    assert timedelta(seconds=25) < later["due_at"] - datetime.now(UTC) <= timedelta(seconds=60)
    await post.send_mails()
    assert len(post.sink.taken) == 1
    await post.due_now("delivery")
    await post.send_mails()
    assert [state for state, _, _ in await states(post)] == ["sent", "sent"]


async def test_a_mail_that_is_still_refused_for_now_after_days_has_failed(post: Post) -> None:
    await waiting(post, 1)
    await post.pool.execute("UPDATE delivery SET created_at = now() - interval '73 hours'")
    post.sink.recipient_replies = ["451 4.7.1 greylisted"]
    await post.send_mails()
    assert await states(post) == [("failed", 0, "451 4.7.1")]


@pytest.mark.parametrize("reply", ["550 5.7.1 not this sender", "421 4.3.2 closing"])
async def test_trouble_between_us_and_the_relay_burns_no_mail(post: Post, reply: str) -> None:
    await waiting(post, 3)
    post.sink.sender_replies = [reply]
    await post.send_mails(mail_connections=1)
    assert await states(post) == [("pending", 0, None)] * 3
    await post.due_now("delivery")
    await post.send_mails()
    assert [state for state, _, _ in await states(post)] == ["sent"] * 3


async def test_while_the_relay_is_down_mails_wait(post: Post) -> None:
    await waiting(post, 2)
    await post.send_mails(smtp_port=1)
    assert await states(post) == [("pending", 0, None)] * 2
    await post.due_now("delivery")
    await post.send_mails()
    assert len(post.sink.taken) == 2


async def test_a_mail_whose_answer_was_lost_is_sent_again_as_the_very_same_mail(post: Post) -> None:
    await waiting(post, 1)
    post.sink.hold_answer = True
    await post.send_mails(smtp_acceptance_seconds=3)
    (row,) = await post.rows("delivery")
    assert (row["state"], row["attempts"], row["handed_over_at"] is not None) == ("retry", 1, True)
    post.sink.hold_answer = False
    await post.due_now("delivery")
    await post.send_mails()
    first, second = post.sink.taken
    assert first == second


async def test_what_goes_to_many_is_in_nobodys_way_and_goes_beside_what_never_ends(post: Post) -> None:
    await waiting(post, 16)
    await post.pool.execute("UPDATE delivery SET bulk = true, due_at = due_at - interval '1 minute'")
    await post.send_mails()
    assert len(post.sink.taken) == 10, "what comes meanwhile waits for no more"
    await waiting(post, 1, "fresh@example.org")
    await post.send_mails(mail_connections=3)
    assert len(post.sink.taken) == 13, "and each free connection takes one"
    assert "fresh@example.org" in [mail["To"] for mail in post.sink.mails()[10:]]


async def test_a_worker_that_was_too_slow_sends_nothing(post: Post) -> None:
    await waiting(post, 1)
    deliveries, slow = Deliveries(post.service.runtime.database, Channel.EMAIL), uuid4()
    (mail,) = await deliveries.claim(slow, 10, lease=timedelta())
    await post.send_mails()
    assert not await deliveries.hand_over(attempt_at(mail, slow, "smtp"), lease=timedelta(seconds=5))
    assert await states(post) == [("sent", 1, "250 2.0.0")]


async def test_a_batch_of_mails_wakes_the_loops_of_the_worker_once(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    await waiting(post, 5)
    rung: list[None] = []
    monkeypatch.setattr(post.service.runtime.database, "on_commit", lambda: rung.append(None))
    await post.send_mails()
    assert len(post.sink.taken) == 5
    assert len(rung) == 1, "each of twenty loops would ask the database after each mail"


async def test_a_mail_on_its_way_is_brought_to_its_end_when_the_worker_is_told_to_stop(post: Post) -> None:
    await waiting(post, 3)
    post.sink.hold_answer = True
    running = asyncio.create_task(post.sender(mail_connections=1).run())
    assert await asyncio.to_thread(post.sink.holding.wait, 60)
    running.cancel()
    post.sink.let_go.set()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert sorted(await states(post)) == [("pending", 0, None), ("pending", 0, None), ("sent", 1, "250 2.0.0")]
    free = [row["due_at"] <= datetime.now(UTC) for row in await post.rows("delivery") if row["state"] == "pending"]
    assert free == [True, True]


async def test_each_attempt_is_kept_with_its_end(post: Post) -> None:
    await waiting(post, 1)
    post.sink.recipient_replies = ["451 4.7.1 greylisted"]
    await post.send_mails()
    await post.due_now("delivery")
    post.sink.hold_answer = True
    await post.send_mails(smtp_acceptance_seconds=3)
    post.sink.hold_answer = False
    await post.due_now("delivery")
    await post.send_mails()
    made = await post.pool.fetch("SELECT provider, outcome, reply, ended_at FROM delivery_attempt ORDER BY began_at")
    assert [(row["provider"], row["outcome"], row["reply"]) for row in made] == [
        ("smtp", "deferred", "451 4.7.1"),
        ("smtp", "unanswered", "SMTPReadTimeoutError"),
        ("smtp", "accepted", "250 2.0.0"),
    ]
    assert all(row["ended_at"] is not None for row in made)


async def test_processes_of_the_version_before_go_on_through_the_former_name_of_the_table(post: Post) -> None:
    await waiting(post, 1)
    claimed = await post.pool.fetch(
        "WITH due AS (SELECT id FROM email_delivery WHERE state IN ('pending', 'retry', 'sending') AND due_at <= now()"
        " ORDER BY due_at LIMIT 5 FOR UPDATE SKIP LOCKED) UPDATE email_delivery d SET state = 'sending', claim = $1,"
        " due_at = now() FROM due, message m WHERE d.id = due.id AND m.id = d.message_id RETURNING d.id, m.person",
        uuid4(),
    )
    assert len(claimed) == 1
    await post.pool.execute("DELETE FROM email_delivery")
    await post.pool.execute(
        "INSERT INTO email_delivery (id, message_id, collectivity, address, state, attempts, due_at, created_at)"
        " SELECT $1, id, collectivity, ''::bytea, 'pending', 0, now(), now() FROM message",
        uuid4(),
    )
    assert [row["channel"] for row in await post.rows("delivery")] == ["email"]


async def test_an_accepted_mail_is_told_without_its_address(post: Post) -> None:
    reader = post.person()
    await post.told(reader)
    await post.send_mails()
    (row,) = await post.pool.fetch("SELECT * FROM outbox")
    data = json.loads(row["data"])
    schema = json.loads(SCHEMA.read_text("utf-8"))
    assert [error.message for error in Draft202012Validator(schema).iter_errors(data)] == []
    assert set(data) == set(schema["properties"]), "nothing undeclared is emitted"
    (message,), (delivery,) = await post.rows("message"), await post.rows("delivery")
    assert (data["message_id"], data["delivery_id"]) == (str(message["id"]), str(delivery["id"]))
    assert (row["aggregate_id"], row["sequence"], message["sequence"]) == (message["id"], 1, 1)
    assert row["traceparent"].split("-")[1] == TRACE


@pytest.mark.parametrize(
    ("address", "envelope"),
    [
        ("camille@mairie-éveillée.example", "camille@xn--mairie-veille-hhbf.example"),
        ("çélie@example.org", "çélie@example.org"),
    ],
)
async def test_an_address_in_any_alphabet_is_reached(post: Post, address: str, envelope: str) -> None:
    await waiting(post, 1, address)
    await post.send_mails()
    assert [to for _, to in post.sink.envelopes] == [envelope]


@pytest.mark.parametrize(
    "address", ["nobody", "a@b\r\nBcc: c@d.example", "a@b.example, c@d.example", "@", "a b@c.example"]
)
async def test_what_is_no_address_fails_without_being_sent(post: Post, address: str) -> None:
    await waiting(post, 1, address)
    await post.send_mails()
    assert await states(post) == [("failed", 0, "bad-address")]
    assert post.sink.connections == 0
