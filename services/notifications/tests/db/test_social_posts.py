# SPDX-License-Identifier: EUPL-1.2
"""What the town publishes on its social accounts: once, and whatever was said of a danger, its end as well."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from notifications_alerts import Alerts
from notifications_post import Post
from notifications_social import Social, SocialServer
from notifications_town import Town

from parvis_local.socialsink.store import Fault
from parvis_notifications.db.social_posts import SocialPosts
from parvis_notifications.domain.broadcast import Lane
from parvis_notifications.outgoing.mastodon import Mastodon
from parvis_notifications.settings import Settings

LINK = "https://ville.example/travaux/rue-de-rivoli/2026/barree-lundi"


@pytest.fixture
def social(post: Post, social_server: SocialServer, notifications_settings: Settings) -> Any:
    social_server.store.__init__()  # type: ignore[misc]
    made = Social(post, social_server)
    runtime = post.service.runtime
    settings = notifications_settings.model_copy(update={"social_accounts": (made.account(),)})
    object.__setattr__(runtime, "settings", settings)
    yield made
    object.__setattr__(runtime, "settings", notifications_settings)


async def test_news_are_published_where_an_agent_says_so_and_shown_with_their_place(social: Social, town: Town) -> None:
    item = (await town.publish(social=True, link=LINK)).json()
    await town.publish()
    await social.publish()
    assert social.texts() == [f"Rue barrée\n\nLa rue est barrée lundi.\n\n{LINK}"]
    (status,) = social.store.newest(10)
    assert status.language == "fr"
    (shown,) = (await town.post.get(town.agent, f"/v1/news-items/{item['id']}/social-posts")).json()["items"]
    assert (shown["account"], shown["kind"], shown["state"]) == ("mastodon", "words", "sent")
    assert shown["url"] == f"{social.server.url}/@ville/{status.id}"
    listed = (await town.post.get(town.agent, "/v1/social-accounts")).json()["items"]
    assert [(each["name"], each["server"]) for each in listed] == [("mastodon", social.server.url)]
    other = town.post.service.agent("lutece")
    assert (await town.post.get(other, f"/v1/news-items/{item['id']}/social-posts")).status_code == 404
    assert (await town.post.get(other, "/v1/social-accounts")).json()["items"] == []
    await social.publish()
    assert len(social.texts()) == 1


async def test_an_account_takes_the_topics_and_the_language_that_it_has(social: Social, town: Town) -> None:
    elsewhere, of_menus = social.account(collectivity="lutece"), social.account(topics=("menus",))
    english = social.account(language="en")
    words = {"fr": {"subject": "Rue barrée", "body": "Lundi."}, "en": {"subject": "Road closed", "body": "Monday."}}
    for account in (elsewhere, of_menus, english):
        changed = social.post.service.runtime.settings.model_copy(update={"social_accounts": (account,)})
        object.__setattr__(social.post.service.runtime, "settings", changed)
        await town.publish(social=True, texts=words)
        await social.publish(account)
    assert social.texts() == ["Road closed\n\nMonday."]


async def test_what_follows_an_alert_stands_under_it_and_an_exercise_stands_nowhere(
    social: Social, alerts: Alerts
) -> None:
    first = await alerts.issue(social=True)
    await alerts.issue(social=True, exercise=True)
    await social.publish()
    update = await alerts.issue(kind="update", follows=first, areas=[])
    await social.publish()
    words = {"fr": {"subject": "Fin de la crue", "body": "L'eau est redescendue."}}
    clear = await alerts.issue(kind="all-clear", follows=update, areas=[], texts=words)
    await social.publish()
    one, two, three = social.store.newest(10)[::-1]
    assert one.text == "Crue de la Seine\n\nMontez à l'étage.\n\nQuais de Seine\n\nL'eau monte."
    assert [(each.reply_to) for each in (one, two, three)] == [None, one.id, two.id]
    assert three.text.startswith("Fin de la crue")
    (shown,) = await items(alerts, clear)
    assert (shown["state"], shown["reply_to"]) == ("sent", (await items(alerts, update))[0]["id"])


async def items(alerts: Alerts, alert: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await alerts.read(f"/v1/alerts/{alert}/social-posts"))["items"]
    return found


async def test_an_alert_that_is_called_off_says_so_under_its_post_or_is_not_published(
    social: Social, alerts: Alerts
) -> None:
    stands, waits = [await alerts.issue(social=True) for _ in range(2)]
    await social.post.pool.execute(
        "UPDATE social_post SET due_at = now() + interval '1 hour' WHERE broadcast_id = $1", waits
    )
    await social.publish()
    for alert in (stands, waits):
        assert (await alerts.move(alerts.second, alert, "cancel", 2)).status_code == 200
    await social.due()
    await social.publish()
    first, second = social.store.newest(10)[::-1]
    assert (second.reply_to, second.text) == (first.id, "Cette alerte est annulée : Crue de la Seine")
    assert [(each["kind"], each["state"]) for each in await items(alerts, waits)] == [
        ("words", "skipped"),
        ("withdrawal", "skipped"),
    ]


@pytest.mark.parametrize(("own", "reply"), [(True, "published"), (False, "not-published")])
async def test_an_all_clear_waits_for_what_it_ends_and_says_nothing_unasked_of_what_nobody_read(
    social: Social, alerts: Alerts, own: bool, reply: str
) -> None:
    first = await alerts.issue(social=True)
    social.store.faults.append(Fault.AWAY)
    await social.publish()
    clear = await alerts.issue(kind="all-clear", follows=first, areas=[], social=own)
    await social.publish()
    assert social.store.tries == 1, "neither, while the first is open"
    await social.due()
    await social.publish()
    told = [(await items(alerts, each))[0]["last_reply"] for each in (first, clear)]
    assert (told, len(social.texts())) == (["cancelled", reply], int(own))


@pytest.mark.parametrize(("fault", "reply"), [(Fault.THROTTLED, "429"), (Fault.AWAY, "503"), (Fault.TOKEN, "401")])
async def test_what_was_refused_for_now_is_published_later(
    social: Social, town: Town, fault: Fault, reply: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Not over before anybody has looked.
    monkeypatch.setattr("parvis_local.socialsink.server._RETRY_SECONDS", 4)
    social.store.faults.append(fault)
    await town.publish(social=True)
    await social.publish()
    assert await social.states() == [("retry", reply)]
    waits = await social.post.pool.fetchval("SELECT due_at - now() FROM social_post")
    assert timedelta() < waits < timedelta(seconds=10 if fault is Fault.THROTTLED else 40)
    await social.due()
    await social.publish()
    assert await social.states() == [("sent", "published")]


async def test_what_the_server_does_not_take_is_final(social: Social, town: Town) -> None:
    social.store.faults.append(Fault.REFUSED)
    await town.publish(social=True)
    await social.publish()
    assert await social.states() == [("failed", "422")]


async def test_one_whose_answer_was_lost_is_looked_for_and_stands_once(social: Social, town: Town) -> None:
    social.store.faults.append(Fault.UNANSWERED)
    await town.publish(social=True, link=LINK)
    await social.publish()
    assert (await social.states())[0][0] == "unknown"
    # The server remembers the key for an hour; what stands on the account is found by its words.
    social.store.forget_keys()
    await social.due()
    await social.publish()
    assert await social.states() == [("sent", "published")]
    assert (len(social.texts()), social.store.tries) == (1, 1)


async def test_one_that_never_came_there_goes_again_by_the_same_key(social: Social, town: Town) -> None:
    social.store.faults.append(Fault.LOST)
    await town.publish(social=True)
    await social.publish()
    await social.due()
    await social.publish()
    assert (await social.states(), len(social.texts()), social.store.tries) == ([("sent", "published")], 1, 2)


async def test_the_same_words_published_before_are_not_taken_for_it(social: Social, town: Town) -> None:
    await town.publish(social=True)
    await social.publish()
    social.store.faults.append(Fault.LOST)
    await town.publish(social=True)
    await social.publish()
    await social.due()
    await social.publish()
    assert (len(social.texts()), await social.states()) == (2, [("sent", "published")] * 2)


class Died(BaseException):
    """The worker was killed here."""


@pytest.mark.parametrize("step", ["before-hand-over", "before-post", "after-post"])
async def test_whenever_the_worker_dies_it_stands_once(
    social: Social, town: Town, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await town.publish(social=True)
    class_, name = (SocialPosts, "hand_over") if step == "before-hand-over" else (Mastodon, "publish")
    whole = getattr(class_, name)

    async def dying(*args: Any) -> None:
        if step == "after-post":
            await whole(*args)
        raise Died

    with monkeypatch.context() as patched:
        patched.setattr(class_, name, dying)
        publisher = social.publisher(Lane.NEWS)
        with pytest.raises(Died):
            await publisher.round()
        await publisher._routes.close()  # noqa: SLF001 - its process is gone
    social.store.forget_keys()
    await social.due()
    await social.publish()
    assert (len(social.texts()), await social.states()) == (1, [("sent", "published")])


async def test_what_its_owner_deleted_there_keeps_no_later_word_from_being_said(social: Social, alerts: Alerts) -> None:
    first = await alerts.issue(social=True)
    await social.publish()
    social.store.statuses.clear()
    await alerts.issue(kind="all-clear", follows=first, areas=[])
    await social.publish()
    assert [each.reply_to for each in social.store.newest(10)] == [None]


async def test_a_paused_item_waits_and_one_that_comes_too_late_is_not_published(social: Social, town: Town) -> None:
    paused, late = [(await town.publish(social=True)).json()["id"] for _ in range(2)]
    headers = town.agent.headers | {"If-Match": '"1"'}
    moved = await town.client.post(f"/v1/news-items/{paused}/transitions", json={"action": "pause"}, headers=headers)
    assert moved.status_code == 200
    await social.post.pool.execute(
        "UPDATE social_post SET created_at = now() - interval '49 hours' WHERE broadcast_id = $1", late
    )
    await social.publish()
    assert sorted(await social.states(), key=str) == [("failed", "too-late"), ("pending", None)]
    assert social.texts() == []


async def test_what_may_stand_there_is_called_off_though_nobody_could_be_asked(social: Social, alerts: Alerts) -> None:
    danger = await alerts.issue(social=True)
    social.store.faults.append(Fault.UNANSWERED)
    await social.publish()
    # For a day the server said nothing of it.
    await social.post.pool.execute("UPDATE social_post SET due_at = 'infinity'")
    assert (await alerts.move(alerts.second, danger, "cancel", 2)).status_code == 200
    await social.publish()
    assert social.texts()[1:] == ["Cette alerte est annulée : Crue de la Seine"]


async def test_whoever_stops_gives_back_what_is_not_published(
    social: Social, alerts: Alerts, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        await alerts.issue(social=True)
    publisher, going = social.publisher(Lane.ALERT), asyncio.Event()

    async def slow(*_args: Any) -> Any:
        going.set()
        await asyncio.Event().wait()

    with monkeypatch.context() as patched:
        patched.setattr(Mastodon, "publish", slow)
        running = asyncio.create_task(publisher.run())
        await going.wait()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    await publisher._routes.close()  # noqa: SLF001 - the worker's stack does that
    asked = "SELECT state, due_at <= now() + interval '15 seconds' AS soon FROM social_post ORDER BY state"
    assert [tuple(row) for row in await social.post.pool.fetch(asked)] == [("pending", True), ("unknown", True)]
    await social.due()
    await social.publish()
    assert len(social.texts()) == 2


async def test_an_alert_that_is_over_is_published_no_more(social: Social, alerts: Alerts) -> None:
    first = await alerts.issue(social=True)
    social.store.faults.append(Fault.AWAY)
    await social.publish()
    await social.post.pool.execute("UPDATE broadcast SET state = 'done', done_at = now() WHERE id = $1", first)
    await alerts.issue(kind="all-clear", follows=first, areas=[], social=True)
    await social.due()
    await social.publish()
    assert [state for state, _ in await social.states()] == ["skipped", "sent"]
    assert len(social.texts()) == 1


async def test_an_alert_that_ends_while_its_post_has_its_turn_is_published_no_more(
    social: Social, alerts: Alerts, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, whole = await alerts.issue(social=True), SocialPosts.hand_over

    async def late(self: SocialPosts, *args: Any) -> bool:
        await social.post.pool.execute("UPDATE alert SET ended_at = now() WHERE id = $1", first)
        return await whole(self, *args)

    monkeypatch.setattr(SocialPosts, "hand_over", late)
    await social.publish()
    assert (social.texts(), await social.states()) == ([], [("skipped", "cancelled")])
