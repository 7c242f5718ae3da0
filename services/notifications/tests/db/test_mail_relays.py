# SPDX-License-Identifier: EUPL-1.2
"""Where one mail relay is in trouble another steps in, and no mail goes over two."""

import time
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from notifications_alerts import Alerts
from notifications_post import Post
from notifications_sink import Sink, smtp_sink
from notifications_town import EMERGENCY, HALL, place
from pydantic import ValidationError

from parvis_notifications.domain import pace
from parvis_notifications.domain.breaker import FAILURES, Throttle
from parvis_notifications.mail_settings import MailRelaySettings
from parvis_notifications.service.issue_alerts import estimate_alert
from parvis_notifications.settings import Settings


@pytest.fixture(scope="module")
def second_relay() -> Iterator[Sink]:
    with smtp_sink() as sink:
        yield sink


@pytest.fixture
def second(second_relay: Sink) -> Sink:
    second_relay.taken.clear()
    return second_relay


async def waiting(post: Post, number: int) -> None:
    for _ in range(number):
        await post.told(post.person())


def both(second: Sink, **more: Any) -> dict[str, Any]:
    relay = MailRelaySettings(name="second", host="127.0.0.1", port=second.port, security="none", mail_millicents=40)
    return {"smtp_further_relays": (relay,), "mail_connections": 1} | more


async def ends(post: Post) -> list[tuple[str, str | None, int | None]]:
    found = await post.pool.fetch("SELECT state, provider, cost_millicents FROM delivery WHERE channel = 'email'")
    return [(row["state"], row["provider"], row["cost_millicents"]) for row in found]


@pytest.mark.parametrize("trouble", ["down", "421 4.3.2 closing", "550 5.7.1 not this sender"])
async def test_while_one_relay_is_in_trouble_the_next_takes_the_mails(post: Post, second: Sink, trouble: str) -> None:
    await waiting(post, 3)
    post.sink.sender_replies = [trouble] * 3
    await post.send_mails(**both(second, **({"smtp_port": 1} if trouble == "down" else {})))
    post.sink.sender_replies = []
    assert (len(post.sink.taken), len(second.taken)) == (0, 3)
    assert await ends(post) == [("sent", "second", 40)] * 3
    tried = await post.pool.fetch("SELECT provider, outcome FROM delivery_attempt")
    assert [tuple(row) for row in tried] == [("second", "accepted")] * 3


async def test_a_relay_in_lasting_trouble_is_left_alone_for_a_while(post: Post, second: Sink) -> None:
    await waiting(post, FAILURES + 3)
    post.sink.sender_replies = ["421 4.3.2 closing"] * (FAILURES + 3)
    await post.send_mails(**both(second))
    left, post.sink.sender_replies = len(post.sink.sender_replies), []
    assert left == 3
    assert len(second.taken) == FAILURES + 3


async def test_what_a_relay_may_have_taken_is_offered_to_no_other(post: Post, second: Sink) -> None:
    await waiting(post, 1)
    post.sink.hold_answer = True
    await post.send_mails(**both(second, smtp_acceptance_seconds=3))
    post.sink.hold_answer = False
    assert (len(post.sink.taken), len(second.taken)) == (1, 0)
    assert [state for state, *_ in await ends(post)] == ["retry"]


async def test_a_refused_recipient_is_refused_and_asked_of_no_other_relay(post: Post, second: Sink) -> None:
    await waiting(post, 1)
    post.sink.recipient_replies = ["550 5.1.1 nobody"]
    await post.send_mails(**both(second))
    assert (await ends(post))[0][0] == "failed"
    assert second.taken == []


async def test_while_all_relays_are_in_trouble_mails_wait(post: Post, second: Sink) -> None:
    await waiting(post, 2)
    relay = MailRelaySettings(name="second", host="127.0.0.1", port=1, security="none")
    await post.send_mails(smtp_port=1, smtp_further_relays=(relay,))
    assert [state for state, *_ in await ends(post)] == ["pending"] * 2
    await post.due_now("delivery")
    await post.send_mails(**both(second))
    assert len(post.sink.taken) == 2


async def test_alerts_go_over_the_next_relay_too_and_cost_what_it_says(alerts: Alerts, second: Sink) -> None:
    await alerts.live("hall@example.org", consents=[EMERGENCY], places=[place(HALL)])
    alert = await alerts.issue()
    town, post = alerts.town, alerts.town.post
    async with post.service.runtime.database.unit_of_work() as uow:
        asked = uow.session, "paris", UUID(alert), post.settings(smtp_mail_millicents=30)
        assert (await estimate_alert(*asked)).cost_millicents == 30
    await town.send(**both(second, smtp_port=1))
    assert len(second.taken) == 1
    (row,) = await post.pool.fetch("SELECT state, provider, cost_millicents FROM broadcast_delivery")
    assert tuple(row) == ("sent", "second", 40)


async def test_mails_to_many_keep_to_the_pace_of_each_relay_and_those_to_one_wait_for_none_of_them(
    alerts: Alerts, second: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns: list[float] = []

    class Counted(Throttle):
        def turn(self, now: float) -> float:
            turns.append(Throttle.turn(self, now))
            return turns[-1]

    monkeypatch.setattr(pace, "Throttle", Counted)
    post = alerts.town.post
    for number in range(6):
        await alerts.live(f"p{number}@example.org", consents=[EMERGENCY], places=[place(HALL)])
    await alerts.issue()
    began = time.monotonic()
    # The first relay is away, and takes nothing of the pace of the other.
    relay = MailRelaySettings(name="second", host="127.0.0.1", port=second.port, security="none", mails_per_second=20)
    await alerts.town.send(smtp_port=1, smtp_further_relays=(relay,))
    assert (len(second.taken), len(turns)) == (6, 6)
    assert time.monotonic() - began >= 5 / 20
    turns.clear()
    await waiting(post, 3)
    await post.send_mails(smtp_mails_per_second=0.2)
    assert (len(post.sink.taken), turns) == (3, [])


@pytest.mark.parametrize("names", [("smtp",), ("second", "second")])
async def test_each_relay_has_a_name_of_its_own(post: Post, names: tuple[str, ...]) -> None:
    relays = tuple(MailRelaySettings(name=name, host="relay") for name in names)
    with pytest.raises(ValidationError, match="bear one name"):
        Settings(**(dict(post.settings()) | {"smtp_further_relays": relays}))
