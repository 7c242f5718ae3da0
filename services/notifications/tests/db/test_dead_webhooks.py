# SPDX-License-Identifier: EUPL-1.2
"""A subscriber that takes nothing is left alone, however much waits for it, and has all of it when it is back."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from notifications_post import Post, event
from notifications_servers import Call, Receiver, Reply

from parvis_testing import Caller

LANES = 6


async def backlog(post: Post, receiver: Receiver) -> tuple[Caller, str]:
    """One event of each of so many requests, for one subscriber; who that is and the path of its subscription."""
    system = post.service.system()
    made = await post.subscribe(system, f"{receiver.url}/events")
    assert made.status_code == 201
    for _ in range(LANES):
        await post.hear(event("resolved"))
    return system, f"/v1/webhook-subscriptions/{made.json()['id']}"


async def subscription(post: Post) -> dict[str, Any]:
    (row,) = await post.rows("webhook_subscription")
    return row


async def rested(post: Post) -> None:
    """As if its rest were over."""
    await post.pool.execute("UPDATE webhook_subscription SET paused_until = now()")


async def failing_for(post: Post, since: timedelta) -> None:
    await post.pool.execute("UPDATE webhook_subscription SET failing_since = now() - $1::interval", since)


@pytest.mark.parametrize(("failing", "rests"), [(30, 30), (3_600, 60)])
async def test_one_that_takes_nothing_rests_for_as_long_as_that_is_so_a_minute_at_most(
    post: Post, receiver: Receiver, failing: int, rests: int
) -> None:
    await backlog(post, receiver)
    receiver.reply = lambda _: (500, {}, b"")
    began = datetime.now(UTC)
    await failing_for(post, timedelta(seconds=failing))
    await post.call_webhooks(webhook_concurrency=2)
    rest = (await subscription(post))["paused_until"] - began
    assert timedelta(seconds=rests) <= rest <= timedelta(seconds=rests) + 2 * (datetime.now(UTC) - began)
    await post.call_webhooks(webhook_concurrency=2)
    assert len(receiver.calls) == 2
    await rested(post)
    await post.call_webhooks(webhook_concurrency=2)
    assert len(receiver.calls) == 4


async def test_the_first_rest_is_short(post: Post, receiver: Receiver) -> None:
    await backlog(post, receiver)
    receiver.reply = lambda _: (500, {}, b"")
    began = datetime.now(UTC)
    await post.call_webhooks()
    rest = (await subscription(post))["paused_until"] - began
    assert timedelta(seconds=1) <= rest <= timedelta(seconds=1) + 2 * (datetime.now(UTC) - began)


async def test_one_that_is_back_has_all_that_waited(post: Post, receiver: Receiver) -> None:
    await backlog(post, receiver)
    receiver.reply = lambda _: (500, {}, b"")
    await post.call_webhooks(webhook_concurrency=2)
    receiver.reply = lambda _: (204, {}, b"")
    await rested(post)
    await post.due_now("webhook_delivery")
    await post.call_webhooks(webhook_concurrency=2)
    assert {row["state"] for row in await post.rows("webhook_delivery")} == {"delivered"}
    assert (await subscription(post))["failing_since"] is None


async def test_the_rest_of_one_that_was_at_another_address_is_over(post: Post, receiver: Receiver) -> None:
    system, path = await backlog(post, receiver)
    receiver.reply = lambda call: (204 if call.path == "/mended" else 500, {}, b"")
    await failing_for(post, timedelta(hours=1))
    await post.call_webhooks(webhook_concurrency=2)
    for version, url in enumerate((f"{receiver.url}/events", f"{receiver.url}/mended"), 1):
        await post.due_now("webhook_delivery")
        await post.call_webhooks(webhook_concurrency=2)
        assert {row["state"] for row in await post.rows("webhook_delivery")} == {"pending"}
        headers = system.headers | {"If-Match": f'"{version}"', "Content-Type": "application/merge-patch+json"}
        assert (await post.client.patch(path, content=json.dumps({"url": url}), headers=headers)).status_code == 200
    await post.call_webhooks(webhook_concurrency=2)
    assert {row["state"] for row in await post.rows("webhook_delivery")} == {"delivered"}


async def test_an_event_that_is_refused_alone_holds_up_no_other(post: Post, receiver: Receiver) -> None:
    """Alone in its round, or beside one that is taken: the event may be at fault."""
    assert (await post.subscribe(post.service.system(), f"{receiver.url}/events")).status_code == 201
    stubborn = event("resolved")

    def reply(call: Call) -> Reply:
        return (500 if call.headers["webhook-id"] == str(stubborn.id) else 204, {}, b"")

    receiver.reply = reply
    await post.hear(stubborn)
    await post.call_webhooks()
    assert (await subscription(post))["paused_until"] is None
    await post.hear(event("resolved"))
    await post.due_now("webhook_delivery")
    await post.call_webhooks()
    assert (await subscription(post))["paused_until"] is None
    assert sorted(row["state"] for row in await post.rows("webhook_delivery")) == ["delivered", "pending"]


async def test_a_longer_pause_that_was_asked_for_is_kept(post: Post, receiver: Receiver) -> None:
    await backlog(post, receiver)
    receiver.reply = lambda _: (429, {"Retry-After": "3600"}, b"")
    await post.call_webhooks(webhook_concurrency=2)
    assert (await subscription(post))["paused_until"] > datetime.now(UTC) + timedelta(minutes=50)


@pytest.mark.parametrize(("days", "state"), [(3, "active"), (4, "disabled")])
async def test_it_is_disabled_in_time_although_no_event_came_to_the_end_of_its_schedule(
    post: Post, receiver: Receiver, days: int, state: str
) -> None:
    await backlog(post, receiver)
    receiver.reply = lambda _: (500, {}, b"")
    await failing_for(post, timedelta(days=days))
    await post.call_webhooks(webhook_concurrency=2)
    row = await subscription(post)
    assert (row["state"], row["disabled_reason"]) == (state, "failing" if state == "disabled" else None)
