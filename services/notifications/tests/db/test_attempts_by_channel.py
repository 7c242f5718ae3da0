# SPDX-License-Identifier: EUPL-1.2
"""What is an attempt by each channel, and how all of them are exported."""

import csv
import io
from typing import Any

import pytest
from notifications_alerts import Alerts
from notifications_attempts import THERE, again, exported
from notifications_browsers import Browsers, PushService
from notifications_calls import Calls, called
from notifications_gathering import gathering, its_time, published
from notifications_post import Post
from notifications_town import Town, wishes

from parvis_local.pushsink.faults import Fault as PushFault
from parvis_notifications.api.broadcast_records import COLUMNS
from parvis_notifications.api.record_files import ATTEMPT_COLUMNS
from parvis_notifications.outgoing.push import PushServices


@pytest.fixture
def browsers(post: Post, pushes: PushService) -> Browsers:
    pushes.store.__init__()  # type: ignore[misc]
    return Browsers(post, pushes)


async def test_each_browser_is_an_attempt_and_none_is_named(
    browsers: Browsers, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = town.post.person(None)
    there, away = browsers.browser(), browsers.browser(PushFault.AWAY)
    assert (await town.choose(reader, wishes(topics=[{"topic": "works", "channels": ["push"]}]))).status_code == 200
    for each in (there, away):
        assert (await browsers.subscribe(reader, browsers.body(each))).status_code == 201
    item = (await town.publish()).json()["id"]
    await town.send()
    away.fault, push = None, PushServices.push

    async def fails(*_: Any) -> Any:
        raise OSError("killed")

    monkeypatch.setattr(PushServices, "push", fails)
    with pytest.raises(OSError, match="killed"):
        await again(town)
    monkeypatch.setattr(PushServices, "push", push)
    await again(town)
    (record,) = await exported(town, item)
    outcomes = [each["outcome"] for each in record["attempt_log"]]
    assert (sorted(outcomes[:2]), outcomes[2:]) == (["accepted", "deferred"], ["unanswered", "accepted"])
    assert {each["provider"] for each in record["attempt_log"]} == {"web-push"}


async def test_each_call_is_an_attempt(calls: Calls) -> None:
    (await called(calls)).end("busy")
    await calls.ask()
    await calls.later()
    await calls.call()
    alert = str(await calls.post.pool.fetchval("SELECT id FROM alert"))
    (record,) = await exported(calls.alerts.town, alert)
    assert [each["outcome"] for each in record["attempt_log"]] == ["accepted", "accepted"]
    assert record["attempt_log"][0]["reply"] == "busy"


async def test_news_in_a_digest_have_the_attempts_of_its_mail(town: Town) -> None:
    await gathering(town)
    item = await published(town)
    await town.send()
    await its_time(town)
    town.post.sink.recipient_replies = ["450 4.2.1 busy"]
    await town.post.send_mails()
    await town.post.pool.execute("UPDATE delivery SET due_at = now()")
    await town.post.send_mails()
    (record,) = await exported(town, item)
    assert [each["outcome"] for each in record["attempt_log"]] == ["deferred", "accepted"]


async def test_a_file_has_a_line_for_each_attempt_and_no_formula(alerts: Alerts) -> None:
    await alerts.live("zoe@example.org", **THERE)
    await alerts.town.choose(alerts.town.post.person(None), THERE)
    alert, town = await alerts.issue(), alerts.town
    town.post.sink.recipient_replies = ["450 4.2.1 busy"]
    await town.send()
    await again(town)
    await town.post.pool.execute("UPDATE broadcast_attempt SET provider = '=cmd()' WHERE outcome = 'deferred'")
    answer = await town.post.get(town.agent, f"/v1/broadcasts/{alert}/delivery-records?format=attempts")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert tuple(rows[0]) == COLUMNS + tuple(f"attempt_{name}" for name in ATTEMPT_COLUMNS)
    told = sorted((row["channel"], row["attempt_outcome"], row["attempt_provider"]) for row in rows)
    assert told == [("", "", ""), ("email", "accepted", "smtp"), ("email", "deferred", "'=cmd()")]
    assert answer.headers["content-disposition"].endswith('-attempts.csv"')
    assert (await town.post.get(town.agent, f"/v1/broadcasts/{alert}/delivery-records?format=xlsx")).status_code == 422


async def test_nothing_was_published_and_the_file_is_whole(town: Town) -> None:
    item = (await town.publish()).json()["id"]
    assert await exported(town, item) == []
