# SPDX-License-Identifier: EUPL-1.2
"""The link of a mail of news: of what it told, for whoever has that account by now, and no more than they agreed to."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from notifications_gathering import GATHERED, gathering, its_time, published
from notifications_post import Post, merged
from notifications_town import Town, wishes

from parvis_notifications.service import unsubscribe
from parvis_notifications.service.forget_erased import forget_erased
from parvis_testing import Caller

STOP, RESUME = {"List-Unsubscribe": "One-Click"}, {"choice": "resume"}


@pytest.fixture
async def town(post: Post) -> AsyncIterator[Town]:
    made = Town(post)
    assert (await made.topic()).status_code == 200
    yield made
    await made.aclose()


async def link(town: Town) -> str:
    """That of the mail of what was gathered."""
    await town.send()
    await its_time(town)
    await town.post.send_mails()
    parts = urlsplit(town.post.sink.mails()[-1]["List-Unsubscribe"].strip("<>"))
    return f"{parts.path}?{parts.query}"


async def topics(town: Town, reader: Caller) -> list[dict[str, Any]]:
    return list((await town.post.get(reader, "/v1/my-subscriptions")).json()["topics"])


async def test_what_was_left_off_before_the_mail_is_not_had_again_by_its_link(town: Town) -> None:
    assert (await town.topic("culture")).status_code == 200
    reader = await gathering(town)
    both = [*GATHERED, GATHERED[0] | {"topic": "culture"}]
    assert (await town.choose(reader, wishes(topics=both), tag='"1"')).status_code == 200
    await published(town)
    await published(town, "Bal", topic="culture")
    await town.send()
    assert (await town.choose(reader, wishes(topics=GATHERED), tag='"2"')).status_code == 200
    where = await link(town)
    for choice in (STOP, RESUME):
        assert (await town.client.post(where, data=choice)).status_code == 200
    assert await topics(town, reader) == GATHERED


async def test_where_nothing_is_kept_of_the_mail_any_more_its_link_is_gone(town: Town) -> None:
    reader = await gathering(town)
    await published(town)
    where = await link(town)
    runtime = town.post.service.runtime
    await runtime.persons.destroy(reader.person)
    await forget_erased(town.post.pool, runtime.persons, pause_seconds=0)
    assert await town.post.pool.fetchval("SELECT count(*) FROM digest") == 0
    for answer in (await town.client.get(where), await town.client.post(where, data=STOP)):
        assert (answer.status_code, "Ce lien n’est plus valable" in answer.text) == (404, True)


async def test_who_agrees_to_no_news_any_more_has_none_by_the_link_of_an_old_mail(town: Town) -> None:
    reader = await gathering(town)
    await published(town)
    where = await link(town)
    no = {"purpose": "news", "given": False, "words": "Je ne veux plus rien."}
    assert (await town.choose(reader, wishes(topics=[], consents=[no]), tag='"1"')).status_code == 200
    answer = await town.client.post(where, data=RESUME)
    assert "Vous ne recevez plus ces messages" in answer.text
    read = await town.post.get(reader, "/v1/my-subscriptions")
    assert (read.json()["topics"], read.headers["etag"]) == ([], '"2"')


async def test_an_account_that_goes_into_another_meanwhile_has_its_answer_there(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, kept = await gathering(town), town.post.person("kept@example.org")
    await published(town)
    where = await link(town)
    whole = unsubscribe.standing
    merging: list[asyncio.Task[None]] = []

    async def overtaken(session: Any, delivery: Any) -> Any:
        found = await whole(session, delivery)
        if merging:
            return found
        merging.append(asyncio.create_task(town.post.hear(merged(gone, kept))))
        # Either it is through, or it waits for this answer.
        await asyncio.wait(merging, timeout=0.3)
        return found

    monkeypatch.setattr(unsubscribe, "standing", overtaken)
    assert "Vous ne recevez plus" in (await town.client.post(where, data=STOP)).text
    await asyncio.gather(*merging)
    assert await topics(town, kept) == []
