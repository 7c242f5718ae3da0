# SPDX-License-Identifier: EUPL-1.2
"""News and alerts in browsers: of whom, what they say, and that none is shown twice or left out."""

from datetime import timedelta
from typing import Any

import pytest
from notifications_alerts import Alerts
from notifications_browsers import Browsers, PushService
from notifications_post import Post
from notifications_town import EMERGENCY, HALL, SQUARE, STATION, Town, place, wishes

from parvis_local.pushsink.browser import Browser
from parvis_local.pushsink.faults import Fault
from parvis_notifications.outgoing.push import PushAnswer, PushServices
from parvis_testing import Caller

BY_PUSH = [{"topic": "works", "channels": ["push"]}]


@pytest.fixture
def browsers(post: Post, pushes: PushService) -> Browsers:
    pushes.store.__init__()  # type: ignore[misc]
    return Browsers(post, pushes)


async def with_browsers(town: Town, browsers: Browsers, *theirs: Browser, **wanted: object) -> Caller:
    reader = town.post.person(None)
    assert (await town.choose(reader, wishes(**wanted))).status_code == 200
    for each in theirs:
        assert (await browsers.subscribe(reader, browsers.body(each))).status_code == 201
    return reader


async def states(town: Town) -> list[tuple[str, str]]:
    rows = await town.post.pool.fetch("SELECT state, last_reply FROM broadcast_delivery ORDER BY state")
    return [(row["state"], row["last_reply"]) for row in rows]


async def test_an_alert_is_shown_by_each_browser_of_those_in_its_area_and_leads_to_their_answer(
    browsers: Browsers, alerts: Alerts
) -> None:
    town = alerts.town
    first, second, away, unasked, of_work, of_work_alone = (browsers.browser() for _ in range(6))
    there = {"topics": [], "consents": [EMERGENCY], "places": [place(HALL)]}
    await with_browsers(town, browsers, first, second, of_work, **there)
    await town.post.pool.execute(
        "UPDATE push_subscription SET work = true WHERE id = (SELECT max(id::text)::uuid FROM push_subscription)"
    )
    agent = await with_browsers(town, browsers, of_work_alone, **there)
    await town.post.pool.execute("UPDATE push_subscription SET work = true WHERE person = $1", agent.subject)
    await with_browsers(town, browsers, away, topics=[], consents=[EMERGENCY], places=[place(STATION)])
    await with_browsers(town, browsers, unasked, topics=[], consents=[], places=[place(HALL)])
    alert = await alerts.issue(channels=["push"])
    reach = await alerts.read(f"/v1/alerts/{alert}/coverage")
    assert (reach["people"], reach["push"], reach["unreachable"]) == (2, 1, 1)
    await town.send()
    for browser in (first, second):
        (told,) = browsers.told(browser)
        shown = told["said"]["notification"]
        assert (shown["title"], shown["tag"]) == ("Ville de Paris", alert)
        assert shown["body"] == "Crue de la Seine\nMontez à l'étage.\nQuais de Seine\nL'eau monte."
        assert told["urgency"] == "high"
        assert 5 * 3_600 < told["ttl"] <= 6 * 3_600, "as long as the alert, and no longer than it is tried"
    assert len({browsers.told(each)[0]["topic"] for each in (first, second)}) == 2
    assert [browsers.told(each) for each in (away, unasked, of_work, of_work_alone)] == [[]] * 4
    read = await alerts.read(f"/v1/alerts/{alert}/figures")
    assert read["delivery"]["parts"] == [{"channel": "push", "state": "sent", "people": 1}]
    link = browsers.told(first)[0]["said"]["notification"]["navigate"]
    answered = await town.client.post(link[link.index("/alert-answer") :], data={"answer": "safe"})
    assert answered.status_code == 200
    assert await town.post.pool.fetchval("SELECT max(answer) FROM recipient") == "safe"


async def test_news_are_shown_to_who_chose_that_for_their_topic(browsers: Browsers, town: Town) -> None:
    chosen, mailed = browsers.browser(), browsers.browser()
    await with_browsers(town, browsers, chosen, topics=BY_PUSH, places=[place(HALL)])
    await with_browsers(town, browsers, mailed, places=[place(HALL)])
    await with_browsers(town, browsers, topics=BY_PUSH)
    await town.publish(areas=[SQUARE], link="https://ville.example/travaux")
    await town.send()
    (told,) = browsers.told(chosen)
    assert told["said"]["notification"]["body"] == "Rue barrée\nLa rue est barrée lundi."
    assert told["said"]["notification"]["navigate"] == "https://ville.example/travaux"
    assert told["urgency"] == "low"
    assert browsers.told(mailed) == []
    assert await states(town) == [("sent", "taken")], "who has no browser has no way by push"


async def test_who_has_no_account_has_no_browser_that_could_be_told(town: Town) -> None:
    assert (await town.ask(email="zoe@example.org", topics=BY_PUSH)).status_code == 422


async def test_a_browser_that_is_away_is_tried_again_and_those_that_have_it_are_not(
    browsers: Browsers, town: Town
) -> None:
    there, away, gone = browsers.browser(), browsers.browser(Fault.AWAY), browsers.browser(Fault.GONE)
    await with_browsers(town, browsers, there, away, gone, topics=BY_PUSH)
    await town.publish()
    await town.send()
    assert await states(town) == [("retry", "503")]
    assert await town.post.pool.fetchval("SELECT count(*) FROM push_subscription") == 2
    away.fault = None
    await town.post.pool.execute("UPDATE broadcast_delivery SET due_at = now() WHERE due_at < 'infinity'")
    await town.send()
    assert await states(town) == [("sent", "taken")]
    assert len(browsers.told(there)) == len(browsers.told(away)) == 1
    assert browsers.service.store.taken == 2, "once each"


async def test_one_that_is_away_to_the_end_makes_nobody_untold_who_has_it(browsers: Browsers, town: Town) -> None:
    there, away = browsers.browser(), browsers.browser(Fault.AWAY)
    await with_browsers(town, browsers, there, away, topics=BY_PUSH)
    await with_browsers(town, browsers, browsers.browser(Fault.AWAY), topics=BY_PUSH)
    await town.publish()
    await town.send()
    await town.post.pool.execute("UPDATE broadcast SET frozen_at = now() - interval '49 hours'")
    await town.post.pool.execute("UPDATE broadcast_delivery SET due_at = now() WHERE due_at < 'infinity'")
    await town.send()
    assert await states(town) == [("failed", "too-late"), ("sent", "too-late")]


async def test_a_worker_that_is_killed_leaves_nobody_out_and_shows_nothing_twice(
    browsers: Browsers, town: Town
) -> None:
    browser = browsers.browser()
    await with_browsers(town, browsers, browser, topics=BY_PUSH)
    item = (await town.publish()).json()["id"]
    await town.send()
    await town.post.pool.execute(
        "UPDATE broadcast_delivery SET state = 'sending', claim = gen_random_uuid(), sent_at = NULL, due_at = now(),"
        " handed_over_at = now() - interval '1 minute'"
    )
    await town.post.pool.execute("UPDATE broadcast SET state = 'sending', done_at = NULL")
    await town.send()
    assert browsers.service.store.taken == 2
    assert len(browsers.told(browser)) == 1, "the push service knew it again by its topic"
    assert (await town.post.get(town.agent, f"/v1/news-items/{item}")).json()["state"] == "done"


async def test_consent_that_was_taken_back_is_asked_for_again_before_it_goes(browsers: Browsers, town: Town) -> None:
    browser = browsers.browser(Fault.THROTTLED)
    await with_browsers(town, browsers, browser, topics=BY_PUSH)
    await town.publish()
    await town.send()
    browser.fault = None
    await town.post.pool.execute("UPDATE subscriber SET news_at = NULL")
    await town.post.pool.execute("UPDATE broadcast_delivery SET due_at = now() WHERE due_at < 'infinity'")
    await town.send()
    assert (await states(town))[0][0] == "skipped"
    assert browsers.told(browser) == []


async def test_whoever_was_to_be_told_by_a_worker_that_died_is_told_soon(
    browsers: Browsers, alerts: Alerts, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = {"topics": [], "consents": [EMERGENCY], "places": [place(HALL)]}
    for _ in range(3):
        await with_browsers(alerts.town, browsers, browsers.browser(), **there)
    await alerts.issue(channels=["push"])
    waits: list[timedelta] = []
    push = PushServices.push

    async def noted(self: PushServices, *given: Any) -> PushAnswer:
        found = "SELECT max(due_at) - now() FROM broadcast_delivery WHERE due_at < 'infinity'"
        waits.append(await alerts.town.post.pool.fetchval(found))
        return await push(self, *given)

    monkeypatch.setattr(PushServices, "push", noted)
    await alerts.town.send()
    seconds = alerts.town.post.settings().push_timeout_seconds
    assert len(waits) == 3
    assert max(waits) <= timedelta(seconds=3 * seconds + 30), "as long as three browsers may take, and some more"
