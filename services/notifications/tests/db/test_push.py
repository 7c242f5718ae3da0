# SPDX-License-Identifier: EUPL-1.2
"""Notifications in browsers: whom they go to, what they say, and that none is shown twice."""

import json
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from notifications_browsers import Browsers, PushService
from notifications_post import Post, merged

from parvis_local.pushsink.faults import Fault
from parvis_notifications.db.deliveries import Deliveries
from parvis_notifications.domain.breaker import FAILURES
from parvis_notifications.outgoing.push import PushServices


@pytest.fixture
def browsers(post: Post, pushes: PushService) -> Browsers:
    pushes.store.__init__()  # type: ignore[misc]
    return Browsers(post, pushes)


async def test_each_browser_of_who_chose_it_shows_the_line_of_the_inbox_and_no_more(browsers: Browsers) -> None:
    first, second = browsers.browser(), browsers.browser()
    reader = await browsers.reader(first, second)
    await browsers.post.told(reader, "taken", reference="R-2026-7KQ4-XM7")
    await browsers.send()
    message = (await browsers.post.get(reader, "/v1/inbox-messages")).json()["items"][0]
    for browser in (first, second):
        (told,) = browsers.told(browser)
        shown = told["said"]["notification"]
        assert (shown["title"], shown["body"]) == ("Ville de Paris", message["subject"])
        assert (shown["navigate"], shown["tag"]) == (message["link"], message["id"])
        assert (told["urgency"], told["ttl"]) == ("normal", 72 * 3_600)
    assert len({browsers.told(each)[0]["topic"] for each in (first, second)}) == 2
    items = await browsers.explained(reader)
    listed = (await browsers.post.get(reader, "/v1/push-subscriptions")).json()["items"]
    assert {item["push_subscription_id"] for item in items} == {each["id"] for each in listed}
    assert {(item["reason"], item["state"], item["attempt_log"][0]["provider"]) for item in items} == {
        ("chosen", "sent", "web-push")
    }
    assert all(each["taken_at"] for each in listed)
    told_of = [json.loads(row["data"]) for row in await browsers.post.pool.fetch("SELECT data FROM outbox")]
    assert [each["channel"] for each in told_of] == ["push", "push"]


async def test_what_was_not_chosen_has_nowhere_to_go_or_is_of_work_does_not_go(browsers: Browsers) -> None:
    browser = browsers.browser()
    reader = browsers.post.person()
    await browsers.subscribe(reader, browsers.body(browser))
    await browsers.post.told(reader, "taken")
    assert [item["reason"] for item in await browsers.explained(reader)] == ["not-chosen"]
    nowhere = await browsers.reader()
    await browsers.post.told(nowhere, "taken")
    assert [item["reason"] for item in await browsers.explained(nowhere)] == ["no-address"]
    agent = browsers.post.service.agent()
    await browsers.subscribe(agent, browsers.body(browsers.browser()))
    assert await browsers.post.pool.fetchval("SELECT work FROM push_subscription WHERE person = $1", agent.subject)
    await browsers.send()
    assert browsers.service.store.taken == 0


async def test_quiet_hours_hold_a_notification_and_drop_none(browsers: Browsers) -> None:
    browser, reader = browsers.browser(), browsers.post.person()
    begins, ends = (datetime.now(ZoneInfo("Europe/Paris")) + timedelta(hours=hours) for hours in (-2, 2))
    quiet = {"begins": f"{begins:%H:%M}", "ends": f"{ends:%H:%M}", "time_zone": "Europe/Paris"}
    await browsers.choose(reader, "push", quiet=quiet)
    await browsers.subscribe(reader, browsers.body(browser))
    await browsers.post.told(reader, "taken")
    (item,) = await browsers.explained(reader)
    assert (item["outcome"], item["reason"]) == ("deferred", "quiet-hours")
    await browsers.send()
    assert browsers.told(browser) == []
    await browsers.post.due_now("delivery")
    await browsers.send()
    assert len(browsers.told(browser)) == 1


@pytest.mark.parametrize(("fault", "reply"), [(Fault.THROTTLED, "429"), (Fault.AWAY, "503")])
async def test_a_service_that_asks_for_time_gets_it_and_then_the_notification(
    browsers: Browsers, fault: Fault, reply: str
) -> None:
    browser = browsers.browser(fault)
    reader = await browsers.reader(browser)
    await browsers.post.told(reader, "taken")
    await browsers.send()
    (item,) = await browsers.explained(reader)
    assert (item["state"], item["finality"], item["last_reply"]) == ("retry", "open", reply)
    waits = await browsers.post.pool.fetchval(
        "SELECT extract(epoch FROM d.due_at - a.ended_at) FROM delivery d"
        " JOIN delivery_attempt a ON a.delivery_id = d.id"
    )
    assert 0 < waits < 10, "as the service asked, not as we would"
    browser.fault = None
    await browsers.post.due_now("delivery")
    await browsers.send()
    assert len(browsers.told(browser)) == browsers.service.store.taken == 1


async def test_a_browser_that_is_gone_is_forgotten_and_the_others_are_told(browsers: Browsers) -> None:
    gone, there = browsers.browser(Fault.GONE), browsers.browser()
    reader = await browsers.reader(gone, there)
    await browsers.post.told(reader, "taken")
    await browsers.send()
    states = {item["last_reply"]: item["state"] for item in await browsers.explained(reader)}
    assert states == {"410": "failed", "201": "sent"}
    assert len((await browsers.post.get(reader, "/v1/push-subscriptions")).json()["items"]) == 1
    await browsers.post.told(reader, "taken")
    assert len(await browsers.explained(reader)) == 1


async def test_a_service_that_is_away_is_left_alone_and_another_is_not(browsers: Browsers) -> None:
    reader = await browsers.reader(browsers.browser(Fault.AWAY))
    for _ in range(FAILURES + 2):
        await browsers.post.told(reader, "taken")
    await browsers.send()
    tried = await browsers.post.pool.fetchval("SELECT count(*) FROM delivery_attempt")
    assert tried == FAILURES
    replies = await browsers.post.pool.fetch("SELECT last_reply FROM delivery ORDER BY last_reply")
    assert [row["last_reply"] for row in replies] == ["503"] * FAILURES + ["service-in-trouble"] * 2
    assert not browsers.routes.breaker(f"{browsers.service.url}/push/x").allows(0)
    assert browsers.routes.breaker("https://push.example/1").allows(0)


async def test_one_whose_answer_was_lost_goes_again_and_is_shown_once(browsers: Browsers) -> None:
    browser = browsers.browser(Fault.UNANSWERED)
    reader = await browsers.reader(browser)
    await browsers.post.told(reader, "taken")
    await browsers.send()
    (item,) = await browsers.explained(reader)
    assert item["state"] == "retry"
    browser.fault = None
    await browsers.post.due_now("delivery")
    await browsers.send()
    assert browsers.service.store.taken == 2
    assert len(browsers.told(browser)) == 1
    (item,) = await browsers.explained(reader)
    assert item["state"] == "sent"


class Died(BaseException):
    """The worker was killed here."""


@pytest.mark.parametrize("step", ["before-hand-over", "before-push", "after-push", "after-sent"])
async def test_whenever_the_worker_dies_a_notification_is_shown_once(
    browsers: Browsers, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = browsers.browser()
    reader = await browsers.reader(browser)
    await browsers.post.told(reader, "taken")
    where: dict[str, tuple[type, str, bool]] = {
        "before-hand-over": (Deliveries, "hand_over", False),
        "before-push": (PushServices, "push", False),
        "after-push": (PushServices, "push", True),
        "after-sent": (Deliveries, "sent", True),
    }
    class_, name, done = where[step]
    whole = getattr(class_, name)

    async def dying(*args: Any, **more: Any) -> None:
        if done:
            await whole(*args, **more)
        raise Died

    with monkeypatch.context() as patched:
        patched.setattr(class_, name, dying)
        with pytest.raises(Died):
            await browsers.send()
    for _ in range(2):
        await browsers.post.due_now("delivery")
        await browsers.send()
    assert len(browsers.told(browser)) == 1
    assert [item["state"] for item in await browsers.explained(reader)] == ["sent"]
    assert await browsers.post.pool.fetchval("SELECT count(*) FROM outbox") == 1


async def test_what_waits_for_a_browser_that_was_taken_away_does_not_go(browsers: Browsers) -> None:
    browser = browsers.browser()
    reader = await browsers.reader(browser)
    await browsers.post.told(reader, "taken")
    made = (await browsers.post.get(reader, "/v1/push-subscriptions")).json()["items"][0]["id"]
    headers = reader.headers | {"If-Match": '"1"'}
    gone = await browsers.post.client.delete(f"/v1/push-subscriptions/{made}", headers=headers)
    assert gone.status_code == 204
    await browsers.send()
    (item,) = await browsers.explained(reader)
    assert (item["state"], item["last_reply"]) == ("failed", "unsubscribed")
    assert browsers.service.store.taken == 0


async def test_who_signs_in_on_a_shared_browser_takes_it_from_who_did_before(browsers: Browsers) -> None:
    browser = browsers.browser()
    before = await browsers.reader(browser)
    after = await browsers.reader(browser)
    await browsers.post.told(before, "taken")
    await browsers.post.told(after, "taken")
    await browsers.send()
    assert len(browsers.told(browser)) == 1
    assert (await browsers.post.get(before, "/v1/push-subscriptions")).json()["items"] == []


async def test_browsers_and_what_waits_for_them_follow_an_account_into_another(browsers: Browsers) -> None:
    browser = browsers.browser()
    gone, kept = await browsers.reader(browser), browsers.post.person()
    await browsers.post.told(gone, "taken")
    await browsers.post.hear(merged(gone, kept))
    for _ in range(2):
        await browsers.send()
    assert len(browsers.told(browser)) == 1
    (listed,) = (await browsers.post.get(kept, "/v1/push-subscriptions")).json()["items"]
    assert listed["service"] == "127.0.0.1"


async def test_a_name_that_leads_into_our_own_network_is_not_called(browsers: Browsers) -> None:
    browser = browsers.browser()
    reader = await browsers.reader(browser)
    await browsers.post.told(reader, "taken")
    await browsers.send(push_allowed_networks="10.0.0.0/8")
    (item,) = await browsers.explained(reader)
    assert (item["state"], item["last_reply"]) == ("failed", "address-refused")
    assert browsers.service.store.taken == 0


async def test_of_a_key_that_is_used_no_longer_nothing_goes(browsers: Browsers) -> None:
    browser = browsers.browser()
    reader = await browsers.reader(browser)
    await browsers.post.told(reader, "taken")
    browsers.routes._keys.clear()  # noqa: SLF001 - as another worker's settings would have it
    await browsers.send()
    assert [item["last_reply"] for item in await browsers.explained(reader)] == ["key-unknown"]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"endpoint": "ftp://push.example/1"}, "/endpoint"),
        ({"endpoint": "https://10.1.2.3/1"}, "/endpoint"),
        ({"endpoint": "https://[::1]/1"}, "/endpoint"),
        ({"endpoint": "https://user@push.example/1"}, "/endpoint"),
        ({"endpoint": "https://1.slow.example/1"}, "/endpoint"),
        ({"keys": {"p256dh": "A" * 87, "auth": "BTBZMqHH6r4Tts7J_aSIgg"}}, "/keys"),
        ({"server_key": "A" * 87}, "/server_key"),
    ],
)
async def test_what_no_browser_gives_is_refused(browsers: Browsers, changes: dict[str, Any], pointer: str) -> None:
    reader = browsers.post.person()
    answer = await browsers.subscribe(reader, browsers.body(browsers.browser(), **changes))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_a_person_has_so_many_browsers_and_finds_each_again(browsers: Browsers) -> None:
    reader, first = browsers.post.person(), browsers.browser()
    made = await browsers.subscribe(reader, browsers.body(first, label="Téléphone"))
    again = await browsers.subscribe(reader, browsers.body(first, label="Mon téléphone"))
    assert (made.json()["id"], again.headers["ETag"]) == (again.json()["id"], '"2"')
    assert first.token not in made.text + again.text
    for _ in range(9):
        assert (await browsers.subscribe(reader, browsers.body(browsers.browser()))).status_code == 201
    full = await browsers.subscribe(reader, browsers.body(browsers.browser()))
    assert (full.status_code, full.json()["code"]) == (409, "too-many-browsers")
    path = f"/v1/push-subscriptions/{made.json()['id']}"
    read = await browsers.post.get(reader, path)
    assert (read.json()["label"], read.headers["ETag"]) == ("Mon téléphone", '"2"')
    assert (await browsers.post.get(reader, path, **{"If-None-Match": '"2"'})).status_code == 304
    assert (await browsers.post.get(browsers.post.person(), path)).status_code == 404
    stale = await browsers.post.client.delete(path, headers=reader.headers | {"If-Match": '"1"'})
    assert stale.status_code == 412
    stored = await browsers.post.pool.fetch("SELECT browser, label, mark FROM push_subscription")
    assert all(first.token.encode() not in bytes(value) for row in stored for value in row.values() if value)


async def test_front_ends_find_the_key_and_nothing_else(browsers: Browsers) -> None:
    answer = await browsers.post.client.get("/v1/push-keys")
    assert answer.json() == {"items": [{"public_key": browsers.key}]}
