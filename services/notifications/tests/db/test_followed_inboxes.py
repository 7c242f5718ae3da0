# SPDX-License-Identifier: EUPL-1.2
"""What a stream of an inbox tells of news: to whom they are, and not less than once."""

from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest
from notifications_post import Post
from notifications_town import Town, wishes

from parvis_notifications.domain.reader import Reader
from parvis_notifications.service.follow_inbox import FollowInbox, News, Patience
from parvis_notifications.service.inbox_feed import InboxFeed

PATIENCE = Patience(whole=20, heartbeat=0.05)


@pytest.fixture
async def town(post: Post) -> AsyncIterator[Town]:
    made = Town(post)
    assert (await made.topic()).status_code == 200
    yield made
    await made.aclose()


def parts(town: Town) -> tuple[InboxFeed, FollowInbox]:
    runtime = town.post.service.runtime
    feed = InboxFeed(town.post.pool, streams=2, poll_seconds=1)
    return feed, FollowInbox(runtime.database, runtime.persons, feed)


async def published(town: Town) -> str:
    item = str((await town.publish()).json()["id"])
    await town.send()
    return item


async def test_an_agent_has_the_news_of_the_town_in_their_own_inbox_alone(town: Town) -> None:
    reader = town.post.person()
    assert (await town.choose(reader, wishes())).status_code == 200
    await published(town)
    feed, inbox = parts(town)
    async with aclosing(inbox.follow(Reader(reader.person, "paris", work=True), None, PATIENCE)) as stream:
        assert await anext(stream) is not None
        await feed._look()  # noqa: SLF001 - one round of it
        assert await anext(stream) is None
    assert (await inbox.state(Reader(reader.person, "paris"))).unread.news == 1


async def test_news_that_come_while_a_stream_begins_are_told(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = town.post.person()
    assert (await town.choose(reader, wishes())).status_code == 200
    feed, inbox = parts(town)
    whole = FollowInbox.state
    items: list[str] = []

    async def slow(self: FollowInbox, who: Reader) -> News:
        found = await whole(self, who)
        if not items:
            items.append(await published(town))
        return found

    monkeypatch.setattr(FollowInbox, "state", slow)
    async with aclosing(inbox.follow(Reader(reader.person, "paris"), None, PATIENCE)) as stream:
        first = await anext(stream)
        assert (first and first.unread.news) == 0
        await feed._look()  # noqa: SLF001 - one round of it
        second = await anext(stream)
        assert second is not None
        assert ([str(each.id) for each in second.entries], second.unread.news) == (items, 1)
