# SPDX-License-Identifier: EUPL-1.2
"""The whole inbox: messages, news and alerts in one list, read one by one or all at once."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from notifications_alerts import Alerts
from notifications_locks import held_up
from notifications_post import Post, merged
from notifications_town import EMERGENCY, HALL, NEWS, Town, place, wishes

from parvis_testing import Caller

ENTRIES, READINGS = "/v1/inbox-entries", "/v1/inbox-readings"
FAR = "2099-01-01T00:00:00Z"


@pytest.fixture
async def alerts(post: Post) -> AsyncIterator[Alerts]:
    town = Town(post)
    assert (await town.topic()).status_code == 200
    yield Alerts(town)
    await town.aclose()


async def everybody(alerts: Alerts, email: str = "zoe@example.org", **body: Any) -> Caller:
    """Somebody who has news and alerts."""
    reader = alerts.town.post.person(email)
    wanted = wishes(consents=[NEWS, EMERGENCY], places=[place(HALL)], **body)
    assert (await alerts.town.choose(reader, wanted)).status_code == 200
    return reader


async def filled(alerts: Alerts, reader: Caller) -> tuple[str, str, str]:
    """A message, then a piece of news, then an alert; their ids."""
    await alerts.town.post.told(reader)
    message = (await alerts.town.post.get(reader, "/v1/inbox-messages")).json()["items"][0]["id"]
    news = (await alerts.town.publish(link="https://paris.example/travaux")).json()["id"]
    await alerts.town.send()
    alert = await alerts.issue()
    await alerts.town.send()
    return message, news, alert


async def listed(alerts: Alerts, reader: Caller, query: str = "") -> list[tuple[str, str]]:
    answer = await alerts.town.post.get(reader, f"{ENTRIES}?{query}")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store"), answer.text
    return [(each["kind"], each["id"]) for each in answer.json()["items"]]


async def unread(alerts: Alerts, reader: Caller) -> dict[str, int]:
    state = (await alerts.town.post.get(reader, "/v1/inbox")).json()
    assert state["unread_count"] == sum(state["unread"].values())
    return dict(state["unread"])


async def mark(alerts: Alerts, reader: Caller, **body: Any) -> dict[str, int]:
    answer = await alerts.town.client.post(READINGS, json={"until_at": FAR} | body, headers=reader.headers)
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["unread"])


async def test_messages_news_and_alerts_are_one_list_of_whom_they_are_for(alerts: Alerts) -> None:
    reader, other = await everybody(alerts), await everybody(alerts, "other@example.org", topics=[])
    message, news, alert = await filled(alerts, reader)
    whole = [("alert", alert), ("news", news), ("message", message)]
    assert await listed(alerts, reader) == whole
    assert await listed(alerts, reader, "kind=news") == [("news", news)]
    assert await listed(alerts, reader, "kind=message&kind=alert") == [("alert", alert), ("message", message)]
    assert await listed(alerts, other) == [("alert", alert)], "not what others are told"
    assert await listed(alerts, alerts.town.post.person()) == []
    assert await listed(alerts, alerts.author) == [], "an agent reads of their work alone"
    first = (await alerts.town.post.get(reader, f"{ENTRIES}?limit=1&count=exact")).json()
    assert (first["count"], len(first["items"])) == (3, 1)
    told = (await alerts.town.post.get(reader, ENTRIES)).json()["items"]
    assert (told[1]["subject"], told[1]["topic"], told[1]["link"]) == (
        "Rue barrée",
        "works",
        "https://paris.example/travaux",
    )
    assert (told[0]["instruction"] is not None, told[0]["template"], told[2]["template"]) == (
        True,
        None,
        "request-submitted",
    )


async def test_pages_go_on_and_back_over_all_kinds(alerts: Alerts) -> None:
    reader = await everybody(alerts)
    expected = []
    for _ in range(2):
        message, news, alert = await filled(alerts, reader)
        newest = (await alerts.town.post.get(reader, "/v1/inbox-messages?limit=1")).json()["items"][0]["id"]
        assert message == newest
        expected += [("message", message), ("news", news), ("alert", alert)]
    expected.reverse()
    pages, query = [], "limit=4"
    while query:
        answer = (await alerts.town.post.get(reader, f"{ENTRIES}?{query}")).json()
        pages.append([(each["kind"], each["id"]) for each in answer["items"]])
        query, back = answer["next_cursor"] and f"limit=4&cursor={answer['next_cursor']}", answer["prev_cursor"]
    assert [len(page) for page in pages] == [4, 2]
    assert [each for page in pages for each in page] == expected
    assert await listed(alerts, reader, f"limit=4&cursor={back}") == expected[:4]


async def test_each_is_read_by_itself_or_all_until_what_was_seen(alerts: Alerts) -> None:
    reader = await everybody(alerts)
    message, news, alert = await filled(alerts, reader)
    assert await unread(alerts, reader) == {"messages": 1, "news": 1, "alerts": 1}
    assert await mark(alerts, reader, ids=[news, str(uuid4())]) == {"messages": 1, "news": 0, "alerts": 1}
    assert await listed(alerts, reader, "unread=true") == [("alert", alert), ("message", message)]
    assert await mark(alerts, reader, ids=[news], read=False) == {"messages": 1, "news": 1, "alerts": 1}
    items = (await alerts.town.post.get(reader, ENTRIES)).json()["items"]
    assert await mark(alerts, reader, until_at=items[1]["created_at"]) == {"messages": 0, "news": 0, "alerts": 1}
    tag = (await alerts.town.post.get(reader, f"/v1/inbox-messages/{message}")).headers["etag"]
    assert tag == '"2"', "who saw the message before has seen another version"
    assert await mark(alerts, reader, kinds=["news"], read=False) == {"messages": 0, "news": 1, "alerts": 1}
    assert await mark(alerts, reader) == {"messages": 0, "news": 0, "alerts": 0}
    assert await listed(alerts, reader, "unread=true") == []
    assert len(await listed(alerts, reader)) == 3


async def test_nobody_marks_what_is_anothers(alerts: Alerts) -> None:
    reader, other = await everybody(alerts), await everybody(alerts, "other@example.org")
    message, news, alert = await filled(alerts, reader)
    await mark(alerts, other, ids=[message, news, alert])
    await mark(alerts, alerts.author)
    assert await unread(alerts, reader) == {"messages": 1, "news": 1, "alerts": 1}
    elsewhere = alerts.town.post.service.caller(sub=reader.subject, collectivity="lutece")
    assert await listed(alerts, elsewhere) == []


async def test_what_was_called_off_is_shown_to_nobody(alerts: Alerts) -> None:
    reader = await everybody(alerts)
    item = (await alerts.town.publish()).json()["id"]
    for sender in alerts.town.senders():
        await sender._freeze()  # noqa: SLF001 - frozen and not sent
        await sender.close()
    assert await listed(alerts, reader) == [("news", item)]
    tag = (await alerts.town.post.get(alerts.town.agent, f"/v1/news-items/{item}")).headers["etag"]
    await alerts.town.client.post(
        f"/v1/news-items/{item}/transitions",
        json={"action": "cancel"},
        headers=alerts.town.agent.headers | {"If-Match": tag},
    )
    assert await listed(alerts, reader) == []
    assert (await unread(alerts, reader))["news"] == 0


async def test_the_inbox_of_an_account_that_took_anothers_place_has_what_both_were_told(alerts: Alerts) -> None:
    gone, kept = await everybody(alerts), await everybody(alerts, "kept@example.org", topics=[])
    _, news, alert = await filled(alerts, gone)
    await alerts.town.post.hear(merged(gone, kept))
    assert sorted(await listed(alerts, kept, "kind=news&kind=alert")) == [("alert", alert), ("news", news)]


@pytest.mark.parametrize(
    "body",
    [{}, {"until_at": FAR, "ids": []}, {"until_at": FAR, "kinds": ["x"]}, {"until_at": FAR, "x": 1}],
)
async def test_a_reading_that_says_nothing_clear_is_refused(alerts: Alerts, body: dict[str, Any]) -> None:
    reader = alerts.town.post.person()
    assert (await alerts.town.client.post(READINGS, json=body, headers=reader.headers)).status_code == 422


async def test_news_are_as_new_as_the_moment_at_which_they_can_be_read(alerts: Alerts) -> None:
    await everybody(alerts)
    await alerts.town.publish()
    pool = alerts.town.post.pool
    async with pool.acquire() as other, other.transaction():
        await other.execute("LOCK TABLE recipient IN SHARE MODE")
        freezing = asyncio.create_task(alerts.town.send())
        assert await held_up(pool, freezing)
        seen = await other.fetchval("SELECT clock_timestamp()")
    await freezing
    assert await pool.fetchval("SELECT frozen_at FROM broadcast") > seen, "all until then was read without these"
