# SPDX-License-Identifier: EUPL-1.2
"""The log of events: asked for, followed, and sent again."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from notifications_post import REQUESTS, Post, event, example
from notifications_servers import Receiver
from running_service import RunningService, running_service

from parvis_kit.messaging.events import Event
from parvis_notifications.db import event_log, webhook_replays
from parvis_notifications.db.event_log import EventLogReader
from parvis_notifications.domain.errors import NoStreamLeftError
from parvis_notifications.service.event_streams import EventStreams
from parvis_notifications.settings import Settings
from parvis_testing import Caller, Harness

EVENTS = "/v1/events"
HOOKS = "/v1/webhook-subscriptions"


async def told(post: Post, *events: Event) -> list[str]:
    for happened in events:
        await post.hear(happened)
    return [str(happened.id) for happened in events]


async def listed(post: Post, system: Caller, query: str = "") -> tuple[list[str], dict[str, Any]]:
    answer = await post.get(system, f"{EVENTS}{query}")
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return [item["id"] for item in page["items"]], page


async def test_each_event_of_the_collectivity_is_told_in_the_order_of_its_coming(post: Post) -> None:
    system = post.service.system()
    ids = await told(post, *(event("resolved") for _ in range(5)))
    await told(post, event("resolved", collectivity="lutece"))
    first, page = await listed(post, system, "?limit=3")
    assert (first, page["more"]) == (ids[:3], True)
    rest, end = await listed(post, system, f"?limit=3&after={page['last_event_id']}")
    assert (rest, end["more"]) == (ids[3:], False)
    assert (await listed(post, system, f"?after={end['last_event_id']}"))[0] == []
    (late,) = await told(post, event("taken"))
    assert (await listed(post, system, f"?after={end['last_event_id']}"))[0] == [late]


async def test_an_event_in_the_log_is_what_a_webhook_bears(post: Post, receiver: Receiver) -> None:
    system = post.service.system()
    await post.subscribe(system, f"{receiver.url}/events")
    await told(post, event("resolved"))
    await post.call_webhooks()
    (call,) = receiver.calls
    _, page = await listed(post, system)
    assert page["items"] == [json.loads(call.body)]


async def test_filters_are_those_of_webhooks(post: Post) -> None:
    system = post.service.system()
    hole, lamp, north = await told(
        post,
        event("resolved", request_type="pothole", area="centre"),
        event("taken", request_type="lamp", area="centre"),
        event("taken", request_type="pothole", area="nord"),
    )
    opened = "fr.parvis.participation.consultation-opened.v1"
    base = event("resolved")
    about = {"type": opened, "source": "/parvis/participation", "data": example(opened)}
    (consultation,) = await told(post, Event(**{name: getattr(base, name) for name in base.__slots__} | about))
    for query, wanted in (
        (f"?type={REQUESTS}taken.v1", [lamp, north]),
        (f"?type={REQUESTS}taken.v1&type={opened}", [lamp, north, consultation]),
        ("?request_type=pothole", [hole, north]),
        ("?request_type=pothole&area=centre", [hole]),
        ("?area=centre&area=nord", [hole, lamp, north]),
        ("?area=sud", []),
    ):
        found, page = await listed(post, system, query)
        assert (found, page["last_event_id"], page["more"]) == (wanted, "4", False), query


async def test_what_does_not_pass_is_gone_through_in_bounded_steps(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_log, "SPAN", 4)
    system = post.service.system()
    await told(post, *(event("taken") for _ in range(9)))
    (wanted,) = await told(post, event("resolved"))
    after, steps = "0", 0
    found: list[str] = []
    while True:
        ids, page = await listed(post, system, f"?type={REQUESTS}resolved.v1&after={after}")
        found, after, steps = [*found, *ids], page["last_event_id"], steps + 1
        if not page["more"]:
            break
    assert (found, steps) == ([wanted], 3)


async def test_what_is_purged_is_passed_over_and_a_time_is_a_place_too(post: Post) -> None:
    system = post.service.system()
    ids = await told(post, *(event("resolved") for _ in range(4)))
    await post.pool.execute("DELETE FROM webhook_event WHERE position <= 2")
    assert (await listed(post, system))[0] == ids[2:]
    await post.pool.execute("UPDATE webhook_event SET created_at = now() - interval '1 day' WHERE position = 3")
    hour = (datetime.now(UTC) - timedelta(hours=1)).isoformat().replace("+00:00", "Z")
    assert (await listed(post, system, f"?created_after={hour}"))[0] == ids[3:]
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat().replace("+00:00", "Z")
    found, page = await listed(post, system, f"?created_after={later}")
    assert (found, page["last_event_id"]) == ([], "4")
    # Who comes from a back-up that was later than ours goes on from here.
    assert (await listed(post, system, "?after=999"))[1]["last_event_id"] == "4"


async def test_only_a_system_with_the_scope_reads_the_log(post: Post, service: Harness) -> None:
    for path in (EVENTS, "/v1/event-stream"):
        for caller, code in ((service.citizen(), "forbidden"), (service.agent(), "forbidden")):
            refused = await post.get(caller, path)
            assert (refused.status_code, refused.json()["code"]) == (403, code)
        lesser = await post.get(service.system(scope="notifications.webhooks.read"), path)
        assert lesser.json()["code"] == "insufficient-scope"
    for query in ("?after=x", "?type=fr.parvis.identity.session-revoked.v1", "?area=Centre", "?limit=101"):
        refused = await post.get(service.system(), f"{EVENTS}{query}")
        assert (refused.status_code, refused.json()["code"]) == (422, "validation-failed"), query


@pytest.fixture(scope="module")
def running(notifications_settings: Settings) -> Iterator[RunningService]:
    quick = {
        "PARVIS_NOTIFICATIONS_SENDER_NAMES": "{}",
        "PARVIS_NOTIFICATIONS_POLL_SECONDS": "0.05",
        "PARVIS_NOTIFICATIONS_INBOX_HEARTBEAT_SECONDS": "0.3",
    }
    with running_service("notifications", notifications_settings, **quick) as process:
        yield process


async def test_a_stream_goes_on_after_the_last_event_and_tells_each_as_it_comes(
    post: Post, running: RunningService
) -> None:
    token = running.issuer.token(
        audience="parvis-notifications", scope="notifications.events.read", kind="system", sub="a", client_id="a"
    )
    ids = await told(post, *(event("resolved") for _ in range(3)))
    headers = {"Authorization": f"Bearer {token}", "Last-Event-ID": "1"}
    query = f"/v1/event-stream?type={REQUESTS}resolved.v1"
    async with (
        httpx.AsyncClient(base_url=running.url, timeout=60) as client,
        client.stream("GET", query, headers=headers) as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.aiter_lines()

        async def next_event() -> tuple[str, str]:
            place = ""
            while not (line := await asyncio.wait_for(anext(lines), 60)).startswith("data: "):
                place = line.removeprefix("id: ") if line.startswith("id: ") else place
            return place, json.loads(line.removeprefix("data: "))["id"]

        assert [await next_event() for _ in range(2)] == [("2", ids[1]), ("3", ids[2])]
        while await asyncio.wait_for(anext(lines), 60) != ": still here":
            pass
        await told(post, event("taken"))
        (late,) = await told(post, event("resolved"))
        assert await next_event() == ("5", late)


async def test_a_process_keeps_so_many_streams_and_says_when_to_come_back(post: Post) -> None:
    streams = EventStreams(EventLogReader(post.pool), streams=0, poll_seconds=1)
    with pytest.raises(NoStreamLeftError):
        streams.check_room()


async def subscription(post: Post, receiver: Receiver, **more: Any) -> tuple[Caller, str]:
    system = post.service.system()
    made = await post.subscribe(system, f"{receiver.url}/events", f"{REQUESTS}resolved.v1", **more)
    return system, f"{HOOKS}/{made.json()['id']}"


async def replayed(post: Post, system: Caller, path: str, body: dict[str, Any]) -> httpx.Response:
    headers = system.headers | {"Idempotency-Key": post.key()}
    return await post.client.post(f"{path}/replays", json=body, headers=headers)


async def test_a_replay_sends_again_in_order_what_the_subscription_wants_also_from_before_it(
    post: Post, receiver: Receiver
) -> None:
    request = event("resolved").key
    before = [event("resolved", request_id=str(request), sequence=n, area="centre") for n in (1, 2, 3)]
    ids = await told(post, *before, event("resolved", area="nord"), event("taken", area="centre"))
    system, path = await subscription(post, receiver, areas=["centre"])
    await post.call_webhooks()
    assert receiver.calls == []
    done = await replayed(post, system, path, {"after": "0"})
    assert (done.status_code, done.json()) == (201, {"deliveries": 3, "last_event_id": "3", "more": False})
    for _ in range(3):
        await post.call_webhooks()
    assert [call.headers["webhook-id"] for call in receiver.calls] == ids[:3]
    again = await replayed(post, system, path, {"after_event": ids[1]})
    assert again.json()["deliveries"] == 1
    await post.call_webhooks()
    assert [call.headers["webhook-id"] for call in receiver.calls] == [*ids[:3], ids[2]]
    hour = (datetime.now(UTC) + timedelta(hours=1)).isoformat().replace("+00:00", "Z")
    assert (await replayed(post, system, path, {"since_at": hour})).json()["deliveries"] == 0


async def test_a_replay_may_be_of_some_types_of_one_thing_and_of_a_stretch_of_time(
    post: Post, receiver: Receiver
) -> None:
    system = post.service.system()
    types = [f"{REQUESTS}{name}.v1" for name in ("taken", "resolved")]
    path = f"{HOOKS}/{(await post.subscribe(system, receiver.url, *types)).json()['id']}"
    mine = str(event().key)
    ids = await told(
        post,
        event("taken", request_id=mine),
        event("taken"),
        event("resolved", request_id=mine, sequence=2),
        event("resolved"),
    )
    await post.call_webhooks()
    await post.pool.execute("UPDATE webhook_event SET created_at = now() - interval '1 day' WHERE position <= 2")
    hour = (datetime.now(UTC) - timedelta(hours=1)).isoformat().replace("+00:00", "Z")
    parts: list[tuple[dict[str, Any], set[str]]] = [
        ({"subject": mine}, {ids[0], ids[2]}),
        ({"event_types": [types[0]]}, {ids[0], ids[1]}),
        ({"event_types": [types[1]], "subject": mine}, {ids[2]}),
        ({"until_at": hour}, {ids[0], ids[1]}),
        ({"until_at": hour, "subject": mine}, {ids[0]}),
    ]
    for part, wanted in parts:
        receiver.calls.clear()
        assert (await replayed(post, system, path, {"after": "0"} | part)).json()["deliveries"] == len(wanted), part
        await post.call_webhooks()
        assert {call.headers["webhook-id"] for call in receiver.calls} == wanted, part
    # What the subscription does not want it does not get by a replay either.
    other = [f"{REQUESTS}submitted.v1"]
    assert (await replayed(post, system, path, {"after": "0", "event_types": other})).json()["deliveries"] == 0


async def test_a_replay_of_many_goes_in_steps_and_sends_nothing_twice_that_is_on_its_way(
    post: Post, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_replays, "LIMIT", 2)
    system, path = await subscription(post, receiver)
    await told(post, *(event("resolved") for _ in range(3)))
    step = (await replayed(post, system, path, {"after": "0"})).json()
    assert step == {"deliveries": 0, "last_event_id": "2", "more": True}
    await post.call_webhooks()
    step = (await replayed(post, system, path, {"after": "0"})).json()
    assert step == {"deliveries": 2, "last_event_id": "2", "more": True}
    step = (await replayed(post, system, path, {"after": step["last_event_id"]})).json()
    assert step == {"deliveries": 1, "last_event_id": "3", "more": False}


async def test_a_replay_says_from_where_and_for_whom(post: Post, receiver: Receiver) -> None:
    system, path = await subscription(post, receiver)
    for body in ({}, {"after": "0", "since_at": "2026-11-25T00:00:00Z"}, {"after": "x"}):
        assert (await replayed(post, system, path, body)).status_code == 422
    unknown = {"after_event": str(event().id)}
    assert (await replayed(post, system, path, unknown)).status_code == 404
    assert (await replayed(post, post.service.system("lutece"), path, {"after": "0"})).status_code == 404
    await post.pool.execute("UPDATE webhook_subscription SET state = 'disabled'")
    assert (await replayed(post, system, path, {"after": "0"})).json()["code"] == "conflict"


async def test_a_test_event_arrives_at_this_subscription_alone_and_is_in_its_log(
    post: Post, receiver: Receiver
) -> None:
    system, path = await subscription(post, receiver)
    await post.subscribe(system, f"{receiver.url}/other")
    headers = system.headers | {"Idempotency-Key": "k"}
    made = await post.client.post(f"{path}/test-events", headers=headers)
    assert made.status_code == 201
    assert (await post.client.post(f"{path}/test-events", headers=headers)).json() == made.json()
    await post.call_webhooks()
    (call,) = receiver.calls
    body = json.loads(call.body)
    assert (call.path, body["type"]) == ("/events", "fr.parvis.notifications.webhook-tested.v1")
    (line,) = (await post.get(system, f"{path}/deliveries")).json()["items"]
    assert (line["id"], line["state"], line["event_type"]) == (made.json()["id"], "delivered", body["type"])
    assert (await listed(post, system))[0] == []
    stranger = post.service.system("lutece").headers | {"Idempotency-Key": "k"}
    assert (await post.client.post(f"{path}/test-events", headers=stranger)).status_code == 404
