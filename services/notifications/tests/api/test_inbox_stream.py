# SPDX-License-Identifier: EUPL-1.2
"""The stream of an inbox, from a running process."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from notifications_alerts import Alerts
from notifications_locks import held_up
from notifications_post import Post
from notifications_town import EMERGENCY, HALL, STATION, place, wishes
from running_service import STOP_SECONDS, RunningService, running_service

from parvis_notifications.db import inbox_positions
from parvis_notifications.domain.errors import NoStreamLeftError
from parvis_notifications.domain.reader import Reader
from parvis_notifications.service.inbox_feed import STREAMS_OF_A_PERSON, InboxFeed
from parvis_notifications.settings import Settings
from parvis_testing import Caller

PATH = "/v1/inbox-events"
NONE = {"messages": 0, "news": 0, "alerts": 0}
EMPTY = {"unread_count": 0, "unread": NONE, "last_event_id": "0"}
QUICK = {
    "PARVIS_NOTIFICATIONS_SENDER_NAMES": "{}",
    "PARVIS_NOTIFICATIONS_POLL_SECONDS": "0.05",
    "PARVIS_NOTIFICATIONS_INBOX_HEARTBEAT_SECONDS": "0.3",
    "PARVIS_NOTIFICATIONS_INBOX_STREAM_SECONDS": "240",
}


@pytest.fixture(scope="module")
def running(notifications_settings: Settings) -> Iterator[RunningService]:
    with running_service("notifications", notifications_settings, **QUICK) as process:
        yield process


def messages_unread(count: int, last: str) -> dict[str, Any]:
    return {"unread_count": count, "unread": NONE | {"messages": count}, "last_event_id": last}


@dataclass
class Stream:
    """What a client reads."""

    status: int
    headers: httpx.Headers
    lines: AsyncIterator[str]
    comments: int = 0
    last_event_id: str = ""
    fields: dict[str, str] = field(default_factory=dict)

    async def event(self) -> tuple[str, Any]:
        """The next event's name and data; raises StopAsyncIteration at the end."""
        fields: dict[str, str] = {}
        while line := await asyncio.wait_for(anext(self.lines), 60) or "":
            if line.startswith(":"):
                self.comments += 1
            else:
                name, _, value = line.partition(": ")
                fields[name] = value
        if "event" not in fields:
            return await self.event()
        self.last_event_id = fields["id"]
        return fields["event"], json.loads(fields["data"])

    async def events(self, count: int) -> list[tuple[str, Any]]:
        return [await self.event() for _ in range(count)]


@asynccontextmanager
async def stream(
    running: RunningService, reader: Caller, last: str | None = None, **claims: Any
) -> AsyncIterator[Stream]:
    scope = "notifications.messages.read"
    token = running.issuer.token(audience="parvis-notifications", scope=scope, sub=reader.subject, **claims)
    headers = {"Authorization": f"Bearer {token}"} | ({"Last-Event-ID": last} if last is not None else {})
    async with (
        httpx.AsyncClient(base_url=running.url, timeout=60) as client,
        client.stream("GET", PATH, headers=headers) as answer,
    ):
        yield Stream(answer.status_code, answer.headers, answer.aiter_lines())


async def test_each_message_comes_as_it_is_written_with_the_count_of_unread_ones(
    running: RunningService, post: Post
) -> None:
    reader, other = post.person(), post.person()
    await post.told(reader)
    async with stream(running, reader) as open_one:
        assert open_one.headers["content-type"].startswith("text/event-stream")
        assert open_one.headers["cache-control"] == "no-store"
        assert await open_one.event() == ("inbox", messages_unread(1, "1"))
        for _ in range(3):
            await post.told(other)
        await post.told(reader, "taken")
        (name, message), (_, inbox) = await open_one.events(2)
        assert (name, message["template"], message["read_at"]) == ("message", "request-taken", None)
        assert message == (await post.get(reader, f"/v1/inbox-messages/{message['id']}")).json()
        assert inbox == messages_unread(2, "2")
        assert open_one.last_event_id == "2"


async def test_who_comes_back_gets_what_came_meanwhile_in_order_and_once(running: RunningService, post: Post) -> None:
    reader = post.person()
    for _ in range(3):
        await post.told(reader)
    seen = (await post.get(reader, "/v1/inbox")).json()
    assert seen == messages_unread(3, "3")
    newest = [(await post.told(reader, "taken")).id for _ in range(60)]
    async with stream(running, reader, seen["last_event_id"]) as resumed:
        assert await resumed.event() == ("inbox", messages_unread(63, "3"))
        events = await resumed.events(62)
    told = [data["id"] for name, data in events if name == "message"]
    rows = {str(row["id"]): row["event_id"] for row in await post.rows("message")}
    assert [rows[id_] for id_ in told] == newest
    assert events[-1] == ("inbox", messages_unread(63, "63"))


async def test_a_position_that_was_never_reached_is_the_last_one(running: RunningService, post: Post) -> None:
    reader = post.person()
    async with stream(running, reader, "999") as open_one:
        assert await open_one.event() == ("inbox", EMPTY)
        await post.told(reader)
        assert (await open_one.event())[0] == "message"


async def test_a_silence_is_short(running: RunningService, post: Post) -> None:
    async with stream(running, post.person()) as open_one:
        await open_one.event()
        while not open_one.comments:
            line = await asyncio.wait_for(anext(open_one.lines), 60)
            open_one.comments += line.startswith(":")


async def test_a_stream_ends_with_its_token(running: RunningService, post: Post) -> None:
    async with stream(running, post.person(), exp=int(time.time()) + 6) as open_one:
        assert open_one.status == 200
        with pytest.raises(StopAsyncIteration):
            await open_one.events(10)


async def test_a_person_has_a_few_streams_and_one_that_was_left_is_free_again(
    running: RunningService, post: Post
) -> None:
    reader = post.person()
    async with AsyncExitStack() as stack:
        opened = [await stack.enter_async_context(stream(running, reader)) for _ in range(STREAMS_OF_A_PERSON)]
        for each in opened:
            await each.event()
        async with stream(running, reader) as refused:
            problem = json.loads("".join([line async for line in refused.lines]))
        assert (refused.status, problem["code"]) == (409, "too-many-streams")
    for _ in range(1_000):
        async with stream(running, reader) as again:
            if again.status == 200:
                break
        await asyncio.sleep(0.05)
    assert again.status == 200


@pytest.mark.parametrize("last", ["x", "-1", "1.5", str(2**62)])
async def test_a_position_that_is_none_is_refused(running: RunningService, post: Post, last: str) -> None:
    async with stream(running, post.person(), last) as refused:
        assert refused.status == 422


async def test_a_system_follows_no_inbox(running: RunningService, post: Post) -> None:
    async with stream(running, post.person(), kind="system") as refused:
        assert refused.status == 403


async def test_an_inbox_is_of_one_person_in_one_collectivity(running: RunningService, post: Post) -> None:
    reader = post.person()
    await post.told(reader)
    async with stream(running, reader, "0", collectivity="lutece", exp=int(time.time()) + 6) as elsewhere:
        assert await elsewhere.event() == ("inbox", EMPTY)
        with pytest.raises(StopAsyncIteration):
            await elsewhere.event()


async def test_a_process_that_stops_ends_its_streams_and_leaves_in_time(
    notifications_settings: Settings, post: Post
) -> None:
    with running_service("notifications", notifications_settings, **QUICK) as stopping:
        async with stream(stopping, post.person()) as open_one:
            await open_one.event()
            stopping.process.terminate()
            with pytest.raises(StopAsyncIteration):
                await open_one.events(10)
        assert await asyncio.to_thread(stopping.process.wait, STOP_SECONDS) == 0


async def test_a_process_keeps_a_bounded_number_of_streams(post: Post) -> None:
    feed = InboxFeed(post.pool, streams=2, poll_seconds=1)
    one, two, three = (Reader(post.person().person, "paris") for _ in range(3))
    with feed.follow(one), feed.follow(two), pytest.raises(NoStreamLeftError):
        feed.check_room(three)
    feed.check_room(three)


async def test_messages_become_readable_in_the_order_of_their_positions(post: Post) -> None:
    """Whoever writes second waits for the first to commit: no position is seen before those below it."""
    database, person = post.service.runtime.database, post.person().person
    async with database.unit_of_work() as first:
        assert await inbox_positions.advance(first.session, "paris", person) == 1
        second = asyncio.create_task(_advance(post, person))
        assert await held_up(post.pool, second)
        await first.commit()
    assert await second == 2


async def _advance(post: Post, person: Any) -> int:
    async with post.service.runtime.database.unit_of_work() as uow:
        position = await inbox_positions.advance(uow.session, "paris", person)
        await uow.commit()
        return position


async def test_the_count_follows_what_is_read(post: Post) -> None:
    reader = post.person()
    await post.told(reader)
    message = (await post.get(reader, "/v1/inbox-messages")).json()["items"][0]
    headers = reader.headers | {"If-Match": '"1"', "Content-Type": "application/merge-patch+json"}
    body = {"read_at": datetime.now(UTC).isoformat()}
    await post.client.patch(f"/v1/inbox-messages/{message['id']}", json=body, headers=headers)
    assert (await post.get(reader, "/v1/inbox")).json() == EMPTY | {"last_event_id": "1"}


async def test_an_alert_comes_at_once_and_again_to_who_comes_back_until_it_is_over(
    running: RunningService, alerts: Alerts
) -> None:
    post = alerts.town.post
    reader = await alerts.live("zoe@example.org", consents=[EMERGENCY], places=[place(HALL)])
    away = await alerts.live("far@example.org", consents=[EMERGENCY], places=[place(STATION)])
    async with stream(running, reader) as here, stream(running, away) as elsewhere:
        for each in (here, elsewhere):
            assert await each.event() == ("inbox", EMPTY)
        alert = await alerts.issue()
        await alerts.town.send()
        (_, count), (name, told) = await here.events(2)
        assert (count["unread"], name, told["id"]) == (NONE | {"alerts": 1}, "alert", alert)
        assert told == (await alerts.read("/v1/received-alerts", reader))["items"][0]
        await post.told(reader)
        assert [name for name, _ in await here.events(2)] == ["message", "inbox"]
        await post.told(away)
        assert [name for name, _ in await elsewhere.events(2)] == ["message", "inbox"], "it is for another street"
    async with stream(running, reader, "1") as again:
        assert [name for name, _ in await again.events(2)] == ["inbox", "alert"]
    clear = await alerts.issue(kind="all-clear", follows=alert)
    await alerts.town.send()
    async with stream(running, reader, "1") as later:
        (_, _), (name, told) = await later.events(2)
        assert (name, told["id"], told["kind"]) == ("alert", clear, "all-clear")
    await post.pool.execute("UPDATE alert SET expires_at = now() - interval '1 s'")
    async with stream(running, reader, "1", exp=int(time.time()) + 6) as over:
        assert (await over.event())[0] == "inbox"
        with pytest.raises(StopAsyncIteration):
            await over.event()


async def test_news_come_by_the_stream_of_whom_they_are_for_and_are_counted(
    running: RunningService, alerts: Alerts
) -> None:
    town = alerts.town
    assert (await town.topic()).status_code == 200
    reader, other = town.post.person("zoe@example.org"), town.post.person("far@example.org")
    assert (await town.choose(reader, wishes())).status_code == 200
    async with stream(running, reader) as here, stream(running, other) as elsewhere:
        for each in (here, elsewhere):
            assert await each.event() == ("inbox", EMPTY)
        item = (await town.publish()).json()["id"]
        await town.send()
        (name, told), (_, count) = await here.events(2)
        assert (name, told["id"], count["unread"]) == ("news", item, NONE | {"news": 1})
        assert told == (await town.post.get(reader, "/v1/inbox-entries")).json()["items"][0]
        await town.post.told(other)
        assert [name for name, _ in await elsewhere.events(2)] == ["message", "inbox"]
    async with stream(running, reader) as again:
        (name, count) = await again.event()
        assert (name, count["unread_count"]) == ("inbox", 1)
        await town.post.told(reader)
        assert [name for name, _ in await again.events(2)] == ["message", "inbox"], "it was told"
