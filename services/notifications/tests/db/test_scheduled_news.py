# SPDX-License-Identifier: EUPL-1.2
"""News that are written ahead: they go and are shown at their time, and can be written anew until then."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from notifications_post import Post
from notifications_social import Social, SocialServer
from notifications_town import SQUARE, STATION, Town, place, wishes

from parvis_notifications.service.refresh_contacts import purge_audiences
from parvis_notifications.settings import Settings

PUBLIC = "/v1/collectivities/paris/news"
WORDS = {"fr": {"subject": "Menus de mai", "body": "Lundi : lentilles."}}


def ahead(**time: int) -> str:
    return (datetime.now(UTC) + timedelta(**time)).isoformat()


@pytest.fixture
async def town(post: Post) -> AsyncIterator[Town]:
    made = Town(post)
    assert (await made.topic()).status_code == 200
    assert (await made.topic("menus")).status_code == 200
    yield made
    await made.aclose()


async def its_time(town: Town) -> None:
    """As if that were now."""
    await town.post.pool.execute(
        "UPDATE broadcast SET publish_at = now(), freeze_after = now() WHERE publish_at > now()"
    )


async def rewrite(town: Town, item: dict[str, Any], version: int = 1, **changes: Any) -> httpx.Response:
    body = {"topic": "works", "texts": WORDS, **changes}
    headers = town.agent.headers | {"If-Match": f'"{version}"'}
    return await town.client.put(f"/v1/news-items/{item['id']}", json=body, headers=headers)


async def shown(town: Town, query: str = "") -> list[str]:
    return [each["subject"] for each in (await town.client.get(PUBLIC + query)).json()["items"]]


async def follow(town: Town, email: str, **body: object) -> None:
    assert (await town.choose(town.post.person(email), wishes(**body))).status_code == 200


async def test_it_goes_and_is_shown_at_its_time_to_who_subscribed_by_then(town: Town) -> None:
    await follow(town, "zoe@example.org")
    at = ahead(days=2)
    made = await town.publish(scheduled_at=at)
    assert (made.status_code, made.json()["state"]) == (201, "ready")
    assert datetime.fromisoformat(made.json()["publish_at"]) == datetime.fromisoformat(at)
    await town.publish(texts={"fr": {"subject": "Aujourd'hui", "body": "Rue barrée."}})
    await town.send()
    assert ([each["Subject"] for each in town.post.sink.mails()], await shown(town)) == (["Aujourd'hui"],) * 2
    await follow(town, "late@example.org")
    town.post.sink.taken.clear()
    await its_time(town)
    assert await shown(town) == ["Rue barrée", "Aujourd'hui"], "in the order in which they were published"
    assert await shown(town, "?limit=1") == ["Rue barrée"]
    await town.send()
    assert town.told() == ["late@example.org", "zoe@example.org"]
    await town.send()
    assert len(town.told()) == 2, "once"


async def test_who_was_told_is_known_from_when_it_went_however_long_before_it_was_written(town: Town) -> None:
    await follow(town, "zoe@example.org")
    await town.publish(scheduled_at=ahead(days=61))
    pool, kept = town.post.pool, timedelta(days=60)
    await pool.execute("UPDATE broadcast SET created_at = now() - interval '61 days'")
    await its_time(town)
    await town.send()
    assert await purge_audiences(pool, kept) is False
    assert await pool.fetchval("SELECT count(*) FROM recipient") == 1
    await pool.execute("UPDATE broadcast SET frozen_at = now() - interval '61 days'")
    assert [await purge_audiences(pool, kept), await purge_audiences(pool, kept)] == [True, False]


async def test_what_was_put_off_as_its_turn_came_waits_for_its_new_time(town: Town) -> None:
    await follow(town, "zoe@example.org")
    await town.publish(scheduled_at=ahead(days=2))
    await town.post.pool.execute("UPDATE broadcast SET freeze_after = now()")
    await town.send()
    assert town.told() == []
    await its_time(town)
    await town.send()
    assert town.told() == ["zoe@example.org"]


async def test_until_its_time_it_can_be_written_anew_and_goes_as_it_says_then(town: Town) -> None:
    await follow(town, "works@example.org", places=[place(STATION)])
    await follow(town, "menus@example.org", topics=[{"topic": "menus", "channels": ["email"]}])
    item = (await town.publish(scheduled_at=ahead(days=2), areas=[SQUARE])).json()
    assert (await rewrite(town, item, 2)).status_code == 412
    changed = await rewrite(town, item, topic="menus", scheduled_at=ahead(days=1))
    assert (changed.status_code, changed.headers["etag"], changed.json()["areas"]) == (200, '"2"', [])
    await town.send()
    assert town.told() == []
    await its_time(town)
    await town.send()
    assert ([each["Subject"] for each in town.post.sink.mails()], town.told()) == (
        ["Menus de mai"],
        ["menus@example.org"],
    )
    late = await rewrite(town, item, 4)
    assert (late.status_code, late.json()["code"]) == (409, "conflict")
    gone_at_once = (await town.publish(scheduled_at=ahead(days=2))).json()
    assert (await rewrite(town, gone_at_once)).json()["publish_at"] < ahead()
    await town.send()
    assert "works@example.org" in town.told()


async def test_what_is_stopped_before_its_time_is_shown_to_nobody(town: Town) -> None:
    await follow(town, "zoe@example.org")
    paused, cancelled = [(await town.publish(scheduled_at=ahead(days=1))).json() for _ in range(2)]
    for item, action in ((paused, "pause"), (cancelled, "cancel")):
        headers = town.agent.headers | {"If-Match": '"1"'}
        path = f"/v1/news-items/{item['id']}/transitions"
        assert (await town.client.post(path, json={"action": action}, headers=headers)).status_code == 200
    assert (await rewrite(town, cancelled, 2, scheduled_at=ahead(days=1))).status_code == 409
    await its_time(town)
    await town.send()
    assert (town.told(), await shown(town)) == ([], [])
    headers = town.agent.headers | {"If-Match": '"2"'}
    path = f"/v1/news-items/{paused['id']}/transitions"
    assert (await town.client.post(path, json={"action": "resume"}, headers=headers)).status_code == 200
    await town.send()
    assert (town.told(), await shown(town)) == (["zoe@example.org"], ["Rue barrée"])


@pytest.mark.parametrize("at", [{"days": 91}, {"minutes": -1}])
async def test_a_time_that_is_past_or_far_is_refused(town: Town, at: dict[str, int]) -> None:
    item = (await town.publish(scheduled_at=ahead(days=1))).json()
    for refused in (await town.publish(scheduled_at=ahead(**at)), await rewrite(town, item, scheduled_at=ahead(**at))):
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/scheduled_at")
    unknown = await rewrite(town, item, topic="nowhere")
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (422, "/topics")


async def test_what_another_town_wrote_is_not_there_to_be_written_anew(town: Town) -> None:
    item = (await town.publish(scheduled_at=ahead(days=1))).json()
    headers = town.post.service.agent("lutece").headers | {"If-Match": '"1"'}
    body = {"topic": "works", "texts": WORDS}
    assert (await town.client.put(f"/v1/news-items/{item['id']}", json=body, headers=headers)).status_code == 404


@pytest.fixture
def social(town: Town, social_server: SocialServer, notifications_settings: Settings) -> Iterator[Social]:
    """The town's account, on an empty server."""
    social_server.store.__init__()  # type: ignore[misc]
    social, runtime = Social(town.post, social_server), town.post.service.runtime
    accounts = {"social_accounts": (social.account(),)}
    object.__setattr__(runtime, "settings", notifications_settings.model_copy(update=accounts))
    yield social
    object.__setattr__(runtime, "settings", notifications_settings)


async def test_social_accounts_publish_it_at_its_time_as_it_says_then(town: Town, social: Social) -> None:
    item = (await town.publish(scheduled_at=ahead(days=60), social=True)).json()
    await social.publish()
    assert social.texts() == []
    changed = await rewrite(town, item, scheduled_at=ahead(days=50), social=True)
    assert changed.status_code == 200, changed.text
    await town.post.pool.execute("UPDATE social_post SET due_at = now(), created_at = created_at - interval '50 days'")
    await social.publish()
    assert social.texts() == ["Menus de mai\n\nLundi : lentilles."]


async def test_what_a_social_account_is_publishing_is_not_written_anew(town: Town, social: Social) -> None:
    """The database's clock may be before that of whoever writes it anew: it was published twice, and early."""
    item = (await town.publish(scheduled_at=ahead(days=60), social=True)).json()
    await town.post.pool.execute("UPDATE social_post SET due_at = now()")
    await social.publish()
    refused = await rewrite(town, item, scheduled_at=ahead(days=50), social=True)
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert await town.post.pool.fetchval("SELECT count(*) FROM social_post WHERE state = 'sent'") == 1
