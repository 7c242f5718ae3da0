# SPDX-License-Identifier: EUPL-1.2
import asyncio
import json
import time
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import pytest
from notifications_post import REQUESTS, TRACE, Post, event, eventually
from notifications_servers import Call, Receiver, Reply, receiver_server
from standardwebhooks import Webhook, WebhookVerificationError

from parvis_testing import Caller

PATH = "/v1/webhook-subscriptions"


async def subscribed(post: Post, receiver: Receiver, *types: str, **who: Any) -> tuple[Caller, dict[str, Any]]:
    system = post.service.system(**who)
    made = await post.subscribe(system, f"{receiver.url}/events", *types)
    assert made.status_code == 201, made.text
    body: dict[str, Any] = made.json()
    return system, body


def _late(_: Call) -> Reply:
    time.sleep(3)
    return 204, {}, b""


async def log(post: Post, system: Caller, subscription: dict[str, Any]) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await post.get(system, f"{PATH}/{subscription['id']}/deliveries")).json()["items"]
    return items[::-1]


async def test_an_event_arrives_signed_as_a_cloud_event(post: Post, receiver: Receiver) -> None:
    system, subscription = await subscribed(post, receiver)
    happened = event("resolved", sequence=4)
    await post.hear(happened)
    await post.call_webhooks()
    (call,) = receiver.calls
    verified = Webhook(subscription["secret"]).verify(call.body, call.headers)
    assert verified == json.loads(call.body)
    assert call.headers["content-type"] == "application/cloudevents+json; charset=utf-8"
    assert call.headers["webhook-id"] == verified["id"] == str(happened.id)
    assert verified == {
        "specversion": "1.0",
        "id": str(happened.id),
        "type": "fr.parvis.requests.request-resolved.v1",
        "source": "/parvis/requests",
        "subject": str(happened.key),
        "time": "2026-11-24T14:03:40.000Z",
        "datacontenttype": "application/json",
        "dataschema": "http://localhost:8080/developers/events/fr.parvis.requests.request-resolved/v1.json",
        "collectivity": "paris",
        "sequence": "4",
        "traceparent": happened.traceparent,
        "data": happened.data,
    }
    assert call.headers["traceparent"].split("-")[1] == TRACE
    (line,) = await log(post, system, subscription)
    assert (line["state"], line["attempts"], line["last_status"]) == ("delivered", 1, 204)
    with pytest.raises(WebhookVerificationError):
        Webhook(subscription["secret"]).verify(call.body + b" ", call.headers)


async def test_an_event_goes_to_those_of_its_collectivity_who_want_it(post: Post, receiver: Receiver) -> None:
    wanted = await subscribed(post, receiver)
    both = await subscribed(post, receiver, f"{REQUESTS}resolved.v1", f"{REQUESTS}taken.v1", client_id="b")
    other_type = await subscribed(post, receiver, f"{REQUESTS}taken.v1", client_id="c")
    other_town = await subscribed(post, receiver, collectivity="lutece")
    happened = event("resolved")
    await post.hear(happened)
    await post.hear(happened)
    await post.call_webhooks()
    assert len(receiver.calls) == 2
    assert [len(await log(post, *who)) for who in (wanted, both, other_type, other_town)] == [1, 1, 0, 0]


async def test_an_event_that_nobody_wants_goes_nowhere_and_stays_in_the_log(post: Post) -> None:
    await post.hear(event("resolved"))
    assert await post.rows("webhook_delivery") == []
    assert [row["position"] for row in await post.rows("webhook_event")] == [1]


async def test_a_failed_attempt_comes_back_on_the_schedule_with_the_same_id_and_a_fresh_time(
    post: Post, receiver: Receiver
) -> None:
    system, subscription = await subscribed(post, receiver)
    receiver.reply = lambda _: (500, {}, b"no")
    await post.hear(event("resolved"))
    for attempts, delay in ((1, 5), (2, 300), (3, 1_800)):
        await post.call_webhooks()
        (line,) = await log(post, system, subscription)
        assert (line["state"], line["attempts"], line["last_status"]) == ("pending", attempts, 500)
        due = datetime.fromisoformat(line["next_attempt_at"]) - datetime.now(UTC)
        assert timedelta(seconds=delay * 0.8 - 2) < due < timedelta(seconds=delay * 1.2)
        await post.due_now("webhook_delivery")
    receiver.reply = lambda _: (200, {}, b"")
    await asyncio.sleep(1.01 - time.time() % 1)
    await post.call_webhooks()
    assert len({call.headers["webhook-id"] for call in receiver.calls}) == 1
    assert receiver.calls[0].headers["webhook-timestamp"] != receiver.calls[-1].headers["webhook-timestamp"]
    assert Webhook(subscription["secret"]).verify(receiver.calls[-1].body, receiver.calls[-1].headers)
    assert (await log(post, system, subscription))[0]["state"] == "delivered"


async def test_the_events_of_one_request_arrive_in_order_and_hold_up_no_other_request(
    post: Post, receiver: Receiver
) -> None:
    types = [f"{REQUESTS}{name}.v1" for name in ("submitted", "taken", "resolved")]
    system, subscription = await subscribed(post, receiver, *types)
    first = event("submitted")
    stubborn, refusing = str(first.id), True
    receiver.reply = lambda call: (500 if refusing and call.headers["webhook-id"] == stubborn else 204, {}, b"")
    await post.hear(first)
    await post.hear(event("taken", sequence=2, request_id=str(first.key)))
    await post.hear(event("resolved", sequence=4, request_id=str(first.key)))
    await post.hear(event("submitted"))
    await post.call_webhooks()
    lines = await log(post, system, subscription)
    assert [line["state"] for line in lines] == ["pending", "pending", "pending", "delivered"]
    assert [line["attempts"] for line in lines] == [1, 0, 0, 1]
    refusing = False
    await post.due_now("webhook_delivery")
    await post.call_webhooks()
    mine = [json.loads(call.body) for call in receiver.calls if json.loads(call.body)["subject"] == str(first.key)]
    assert [told["sequence"] for told in mine] == ["1", "1", "2", "4"]


async def test_a_dead_subscriber_delays_no_other(post: Post, receiver: Receiver) -> None:
    await subscribed(post, receiver)
    over = Event()

    def dead(_: Call) -> Reply:
        over.wait()
        return 204, {}, b""

    with receiver_server() as slow:
        slow.reply = dead
        for number in range(3):
            await subscribed(post, slow, client_id=f"slow-{number}")
        for _ in range(6):
            await post.hear(event("resolved"))
        calls, sender = post.webhooks(webhook_concurrency=1, webhook_timeout_seconds=120)
        async with calls:
            running = asyncio.create_task(sender.run())
            try:
                # Before any of the others' time is up.
                await eventually(lambda: len(receiver.calls) == 6)
            finally:
                over.set()
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)


async def test_as_many_dead_subscribers_as_there_are_places_leave_room_for_one_that_lives(
    post: Post, receiver: Receiver
) -> None:
    with receiver_server() as dead:
        dead.reply = _late
        for number in range(4):
            await subscribed(post, dead, client_id=f"dead-{number}")
        await subscribed(post, receiver)
        dead_calls_before: list[int] = []

        def living(_: Call) -> Reply:
            dead_calls_before.append(len(dead.calls))
            return 204, {}, b""

        receiver.reply = living
        for _ in range(6):
            await post.hear(event("resolved"))
        calls, sender = post.webhooks(webhook_subscribers=2, webhook_concurrency=1, webhook_timeout_seconds=0.5)
        async with calls:
            running = asyncio.create_task(sender.run())
            # Who answers later than that on a busy machine is called once more.
            await eventually(lambda: len({call.headers["webhook-id"] for call in receiver.calls}) == 6)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
        # At the worst each of the four is tried once before the one that lives gets its turn, and one beside it.
        assert dead_calls_before[0] <= 5


async def test_a_redirect_is_a_refusal(post: Post, receiver: Receiver) -> None:
    system, subscription = await subscribed(post, receiver)
    receiver.reply = lambda _: (307, {"Location": f"{receiver.url}/elsewhere"}, b"")
    await post.hear(event("resolved"))
    await post.call_webhooks()
    assert [call.path for call in receiver.calls] == ["/events"]
    assert (await log(post, system, subscription))[0]["last_status"] == 307


async def test_410_ends_the_subscription_and_what_waits_for_it(post: Post, receiver: Receiver) -> None:
    system, subscription = await subscribed(post, receiver)
    receiver.reply = lambda _: (410, {}, b"")
    for _ in range(2):
        await post.hear(event("resolved"))
    await post.call_webhooks(webhook_concurrency=1)
    shown = await post.get(system, f"{PATH}/{subscription['id']}")
    assert (shown.json()["state"], shown.json()["disabled_reason"]) == ("disabled", "gone")
    assert shown.headers["etag"] == '"2"'
    lines = await log(post, system, subscription)
    assert sorted((line["state"], line["last_error"] or "") for line in lines) == [
        ("failed", ""),
        ("failed", "subscription-disabled"),
    ]
    await post.hear(event("resolved"))
    assert len(await log(post, system, subscription)) == 2


async def test_who_says_slower_is_left_alone_for_as_long_as_asked(post: Post, receiver: Receiver) -> None:
    system, subscription = await subscribed(post, receiver)
    receiver.reply = lambda _: (429, {"Retry-After": "3600"}, b"")
    await post.hear(event("resolved"))
    await post.call_webhooks()
    await post.hear(event("resolved"))
    await post.call_webhooks()
    assert len(receiver.calls) == 1
    line = (await log(post, system, subscription))[0]
    due = datetime.fromisoformat(line["next_attempt_at"]) - datetime.now(UTC)
    assert timedelta(seconds=3_590) < due <= timedelta(seconds=3_600)


async def test_at_the_end_of_the_schedule_a_subscriber_that_took_nothing_is_given_up(
    post: Post, receiver: Receiver
) -> None:
    system, subscription = await subscribed(post, receiver)
    receiver.reply = lambda _: (500, {}, b"")
    await post.hear(event("resolved"))
    await post.pool.execute("UPDATE webhook_delivery SET attempts = 9")
    await post.call_webhooks()
    assert (await log(post, system, subscription))[0]["state"] == "failed"
    assert (await post.get(system, f"{PATH}/{subscription['id']}")).json()["state"] == "active"
    await post.hear(event("resolved"))
    await post.pool.execute("UPDATE webhook_delivery SET attempts = 9")
    await post.pool.execute("UPDATE webhook_subscription SET failing_since = now() - interval '3 days'")
    await post.call_webhooks()
    shown = (await post.get(system, f"{PATH}/{subscription['id']}")).json()
    assert (shown["state"], shown["disabled_reason"]) == ("disabled", "failing")


async def test_a_subscriber_that_takes_an_event_again_is_well(post: Post, receiver: Receiver) -> None:
    await subscribed(post, receiver)
    receiver.reply = lambda _: (500, {}, b"")
    await post.hear(event("resolved"))
    await post.call_webhooks()
    assert (await post.rows("webhook_subscription"))[0]["failing_since"] is not None
    receiver.reply = lambda _: (204, {}, b"")
    await post.due_now("webhook_delivery")
    await post.call_webhooks()
    assert (await post.rows("webhook_subscription"))[0]["failing_since"] is None


@pytest.mark.parametrize(
    ("url", "error"), [("http://localhost:1/", "unreachable"), ("http://no.invalid/", "name-unknown")]
)
async def test_a_subscriber_that_is_not_there_is_told_so_in_the_log(post: Post, url: str, error: str) -> None:
    system = post.service.system()
    subscription = (await post.subscribe(system, url)).json()
    await post.hear(event("resolved"))
    await post.call_webhooks()
    (line,) = await log(post, system, subscription)
    assert (line["state"], line["last_status"], line["last_error"]) == ("pending", None, error)


async def test_a_subscriber_that_does_not_answer_is_not_waited_for(post: Post, receiver: Receiver) -> None:
    system, subscription = await subscribed(post, receiver)
    receiver.reply = _late
    await post.hear(event("resolved"))
    await post.call_webhooks(webhook_timeout_seconds=0.2)
    assert (await log(post, system, subscription))[0]["last_error"] == "timeout"


async def test_a_name_that_leads_inside_is_refused_when_the_connection_is_made(post: Post, receiver: Receiver) -> None:
    system = post.service.system()
    url = receiver.url.replace("127.0.0.1", "localhost")
    subscription = (await post.subscribe(system, url)).json()
    await post.hear(event("resolved"))
    await post.call_webhooks(webhook_allowed_networks="10.9.8.0/24")
    assert receiver.calls == []
    assert (await log(post, system, subscription))[0]["last_error"] == "address-refused"


async def test_a_worker_that_dies_in_the_midst_leaves_an_event_to_the_next(post: Post, receiver: Receiver) -> None:
    system, subscription = await subscribed(post, receiver)
    await post.hear(event("resolved"))
    await post.pool.execute(
        "UPDATE webhook_delivery SET state = 'sending', claim = gen_random_uuid(), due_at = now() + interval '5 s'"
    )
    await post.call_webhooks()
    assert receiver.calls == []
    await post.due_now("webhook_delivery")
    await post.call_webhooks()
    assert (await log(post, system, subscription))[0]["state"] == "delivered"
