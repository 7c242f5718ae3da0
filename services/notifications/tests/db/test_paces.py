# SPDX-License-Identifier: EUPL-1.2
"""Workers share the pace of a provider; what one of them holds is sent by no other, however slowly it goes."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from notifications_alerts import Alerts
from notifications_gathering import gathering, its_time, published
from notifications_post import Post, eventually
from notifications_texts import Texts, texts_provider
from notifications_town import EMERGENCY, HALL, Town, place

from parvis_notifications.db.paces import Paces
from parvis_notifications.domain.pace import Grant
from parvis_notifications.service import carry_mail, marked_group
from parvis_notifications.service import turns as turns_module
from parvis_notifications.service.turns import Turns


@pytest.fixture
async def alerts(post: Post) -> AsyncIterator[Alerts]:
    town = Town(post)
    yield Alerts(town)
    await town.aclose()


def worker(post: Post, per_second: float) -> Turns:
    """What one worker knows of a provider."""
    return Turns(Paces(post.pool), "sms/first", per_second)


async def test_two_workers_send_no_faster_than_one(post: Post) -> None:
    first, second = worker(post, 20), worker(post, 20)
    began = time.monotonic()
    await asyncio.gather(*(each.wait() for each in (first, second) for _ in range(6)))
    assert time.monotonic() - began >= 11 / 20 - 0.01
    assert await post.pool.fetchval("SELECT count(*) FROM provider_pace") == 1


async def test_a_worker_asks_once_for_all_that_wait(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    ranks: set[bool] = set()

    class Counted(Paces):
        async def reserve(self, provider: str, per_second: float, wanted: int, *, urgent: bool) -> Grant:
            asked.append(wanted)
            ranks.add(urgent)
            return await Paces.reserve(self, provider, per_second, wanted, urgent=urgent)

    monkeypatch.setattr(turns_module, "_now", lambda: 0.0)  # no answer is late
    turns = Turns(Counted(post.pool), "sms/first", 1_000)
    await asyncio.gather(*(turns.wait() for _ in range(100)))
    assert asked == [1, 99], "the first asks for itself, and the next for all who came meanwhile"
    assert ranks == {False}
    await turns.wait(urgent=True)
    assert ranks == {False, True}


async def test_turns_whose_answer_came_too_late_are_not_taken(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    class Slow(Paces):
        async def reserve(self, provider: str, per_second: float, wanted: int, *, urgent: bool) -> Grant:
            grant = await Paces.reserve(self, provider, per_second, wanted, urgent=urgent)
            asked.append(grant.turns)
            monkeypatch.setattr(turns_module, "_now", lambda: 2.0)
            return grant

    monkeypatch.setattr(turns_module, "_now", lambda: 0.0)
    await Turns(Slow(post.pool), "sms/first", 1_000).wait()
    assert len(asked) == 2
    assert all(asked)


async def test_an_alert_of_one_worker_goes_before_the_news_of_another(post: Post) -> None:
    news, alert = Paces(post.pool), Paces(post.pool)
    assert (await news.reserve("sms/first", 0.1, 1, urgent=False)).turns == 1
    waits = await alert.reserve("sms/first", 0.1, 1, urgent=True)
    assert waits.turns == 0, "the first turn is taken, and the next ten seconds away"
    refused = await news.reserve("sms/first", 0.1, 1, urgent=False)
    assert refused.turns == 0
    assert refused.wait > waits.wait, "news come back once the alert has had its turn"
    await post.pool.execute("UPDATE provider_pace SET next_at = now()")
    assert (await news.reserve("sms/first", 0.1, 1, urgent=False)).turns == 0
    assert (await alert.reserve("sms/first", 0.1, 1, urgent=True)).turns == 1


async def test_where_a_relay_has_no_pace_nobody_asks_for_turns(alerts: Alerts) -> None:
    await alerts.live("hall@example.org", consents=[EMERGENCY], places=[place(HALL)])
    await alerts.issue()
    await alerts.town.send()
    assert len(alerts.town.told()) == 1
    assert await alerts.town.post.pool.fetchval("SELECT count(*) FROM provider_pace") == 0


async def test_no_more_is_claimed_than_the_pace_can_send_meanwhile(alerts: Alerts) -> None:
    for number in range(3):
        await alerts.live(f"p{number}@example.org", consents=[EMERGENCY], places=[place(HALL)])
    await alerts.issue()
    sender = alerts.town.senders(smtp_mails_per_second=2, mail_claim_seconds=1)[1]
    assert await sender.round()
    await sender.close()
    assert len(alerts.town.told()) == 2


async def test_mails_that_wait_for_their_turn_longer_than_their_claim_go_once(
    alerts: Alerts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carry_mail, "_MARGIN_SECONDS", 0.5)
    monkeypatch.setattr(marked_group, "FRESH_SECONDS", 0.1)
    people = [f"p{number}@example.org" for number in range(2)]
    for email in people:
        await alerts.live(email, consents=[EMERGENCY], places=[place(HALL)])
    await alerts.issue()
    slow = alerts.town.senders(smtp_mails_per_second=0.2, smtp_acceptance_seconds=3, alert_connections=1)[1]
    other = alerts.town.senders(smtp_acceptance_seconds=3, alert_connections=1)[1]
    sending = asyncio.create_task(slow.round())
    await eventually(lambda: bool(alerts.town.told()))
    while not sending.done():
        await other.round()
        await asyncio.sleep(0.01)
    await sending
    for each in (slow, other):
        await each.close()
    assert alerts.town.told() == people


async def test_a_text_message_that_another_worker_took_over_while_it_waited_is_not_sent_by_both(
    alerts: Alerts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marked_group, "FRESH_SECONDS", 0.0)
    town, taken_over = alerts.town, []
    with texts_provider("first") as first, texts_provider("second") as second:
        texts = Texts(town.post, first, second)
        reader = texts.person("+33639980001", None)
        await town.choose(reader, {"consents": [EMERGENCY], "places": [place(HALL)]})
        await alerts.issue(channels=["sms"])

        async def long_wait(_: Turns, *, urgent: bool = False) -> None:
            taken_over.append(urgent)
            await town.post.pool.execute("UPDATE broadcast_delivery SET claim = gen_random_uuid()")

        monkeypatch.setattr(Turns, "wait", long_wait)
        sender = town.senders()[3]
        await sender.round()
        assert taken_over == [True]
        assert first.texts() == second.texts() == []
        rows = await town.post.pool.fetch("SELECT state FROM broadcast_delivery WHERE claim IS NOT NULL")
        assert [row["state"] for row in rows] == ["sending"]
        await texts.aclose()


async def test_digests_have_a_way_and_turns_of_their_own_and_a_mail_to_one_waits_for_none(alerts: Alerts) -> None:
    town, pool = alerts.town, alerts.town.post.pool
    assert (await town.topic()).status_code == 200
    await gathering(town, "many@example.org")
    await published(town)
    await town.send()
    await its_time(town)
    await town.post.told(town.post.person("one@example.org"))
    for bulk, told, paces in ((False, ["one@example.org"], 0), (True, ["many@example.org", "one@example.org"], 1)):
        sender = town.post.sender(bulk=bulk, smtp_mails_per_second=1_000)
        assert await sender.round()
        await sender.close()
        assert (town.told(), await pool.fetchval("SELECT count(*) FROM provider_pace")) == (told, paces)
