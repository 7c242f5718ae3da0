# SPDX-License-Identifier: EUPL-1.2
"""A worker stops in the midst of an alert, or is killed: nobody is left out, and nobody is told twice unawares."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

import pytest
from notifications_alerts import Alerts
from notifications_post import Post, eventually
from notifications_texts import Texts, texts_provider
from notifications_town import EMERGENCY, HALL, Town, place

from parvis_notifications.db.broadcast_deliveries import BroadcastDeliveries
from parvis_notifications.domain.broadcast import Settled
from parvis_notifications.service import marked_group
from parvis_notifications.service.turns import Turns

# As a worker leaves it that is killed between the last word of a mail and the record of its answer.
KILLED = (
    "UPDATE broadcast_delivery SET state = 'sending', claim = gen_random_uuid(), sent_at = NULL, due_at = now(),"
    " handed_over_at = now() - interval '1 minute'"
)


@pytest.fixture
async def alerts(post: Post) -> AsyncIterator[Alerts]:
    town = Town(post)
    yield Alerts(town)
    await town.aclose()


async def killed(alerts: Alerts) -> None:
    pool = alerts.town.post.pool
    await pool.execute(KILLED)
    await pool.execute("UPDATE broadcast SET state = 'sending', done_at = NULL")


async def test_a_mail_in_doubt_goes_again_by_the_name_that_it_had(alerts: Alerts) -> None:
    await alerts.live("zoe@example.org", consents=[EMERGENCY], places=[place(HALL)])
    alert = await alerts.issue()
    await alerts.town.send()
    await killed(alerts)
    await alerts.town.send()
    first, second = alerts.town.post.sink.mails()
    assert first["Message-ID"] == second["Message-ID"]
    assert (await alerts.read(f"/v1/alerts/{alert}"))["state"] == "done"


async def test_a_text_message_in_doubt_is_asked_after_and_goes_again_only_where_nobody_has_it(alerts: Alerts) -> None:
    town = alerts.town
    with texts_provider("first") as first, texts_provider("second") as second:
        texts = Texts(town.post, first, second)
        for number in ("+33639980001", "+33639980002"):
            reader = texts.person(number, None)
            await town.choose(reader, {"consents": [EMERGENCY], "places": [place(HALL)]})
        await alerts.issue(channels=["sms"])
        await town.send()
        (kept, _) = first.texts()
        first.store._texts.pop(kept.sid)  # noqa: SLF001 - the provider never had it
        await killed(alerts)
        await town.send()
        await town.post.pool.execute("UPDATE broadcast_delivery SET due_at = now() WHERE due_at < 'infinity'")
        await town.send()
        assert sorted(text.to for text in first.texts()) == ["+33639980001", "+33639980002"]
        assert second.texts() == []
        rows = await town.post.pool.fetch("SELECT state, provider_reference FROM broadcast_delivery")
        assert [(row["state"], row["provider_reference"] is None) for row in rows] == [("sent", False)] * 2
        await texts.aclose()


async def test_a_worker_that_stops_ends_its_group_and_gives_the_others_back(alerts: Alerts) -> None:
    people = [f"p{number}@example.org" for number in range(6)]
    for email in people:
        await alerts.live(email, consents=[EMERGENCY], places=[place(HALL)])
    await alerts.issue()
    sink = alerts.town.post.sink
    sink.hold_recipient = 2
    sender = alerts.town.senders(alert_connections=1, broadcast_group=2)[1]
    working = asyncio.create_task(sender.run())
    await eventually(sink.holding.is_set)
    working.cancel()
    sink.let_go.set()
    with pytest.raises(asyncio.CancelledError):
        await working
    assert 2 < len(sink.taken) < 6
    rows = await alerts.town.post.pool.fetch("SELECT DISTINCT state FROM broadcast_delivery ORDER BY state")
    assert [row["state"] for row in rows] == ["pending", "sent"], "none is in doubt"
    sink.hold_recipient = None
    await alerts.town.send()
    assert alerts.town.told() == people


@pytest.mark.parametrize("where", ["turn", "hold"])
async def test_where_the_database_fails_before_one_goes_out_it_and_the_others_are_given_back(
    alerts: Alerts, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    people = [f"p{number}@example.org" for number in range(3)]
    for email in people:
        await alerts.live(email, consents=[EMERGENCY], places=[place(HALL)])
    await alerts.issue()
    asked: list[int] = []
    wait, keep = Turns.wait, BroadcastDeliveries.keep

    async def turn(turns: Turns, *, urgent: bool = False) -> None:
        asked.append(1)
        if where == "turn" and len(asked) == 2:
            raise OSError("away")
        await wait(turns, urgent=urgent)

    async def hold(*args: Any) -> set[int]:
        if where == "hold" and len(asked) == 2:
            raise OSError("away")
        return await keep(*args)

    monkeypatch.setattr(marked_group, "FRESH_SECONDS", 0.0 if where == "hold" else 60.0)
    monkeypatch.setattr(Turns, "wait", turn)
    monkeypatch.setattr(BroadcastDeliveries, "keep", hold)
    sender = alerts.town.senders(smtp_mails_per_second=50, alert_connections=1)[1]
    with pytest.raises(OSError, match="away"):
        await sender.round()
    rows = await alerts.town.post.pool.fetch("SELECT state, claim, attempts FROM broadcast_delivery ORDER BY state")
    assert [tuple(row) for row in rows] == [("pending", None, 0)] * 2 + [("sent", None, 1)]
    # By the same connection, of which nothing is left of the one that did not go.
    await sender.round()
    await sender.close()
    assert alerts.town.told() == people


async def test_a_text_message_that_had_no_turn_is_not_asked_after(
    alerts: Alerts, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = alerts.town
    with texts_provider("first") as first, texts_provider("second") as second:
        texts = Texts(town.post, first, second)
        await town.choose(texts.person("+33639980001", None), {"consents": [EMERGENCY], "places": [place(HALL)]})
        await alerts.issue(channels=["sms"])

        async def away(_: Turns, *, urgent: bool = False) -> None:
            raise OSError(f"away, urgent: {urgent}")

        monkeypatch.setattr(Turns, "wait", away)
        with pytest.raises(OSError, match="away"):
            await town.senders()[3].round()
        (row,) = await town.post.pool.fetch("SELECT state, claim, handed_over_at FROM broadcast_delivery")
        assert tuple(row) == ("pending", None, None)
        await texts.aclose()


async def test_what_waits_for_its_turn_is_given_back_at_a_stop(alerts: Alerts) -> None:
    people = [f"p{number}@example.org" for number in range(3)]
    for email in people:
        await alerts.live(email, consents=[EMERGENCY], places=[place(HALL)])
    await alerts.issue()
    sender = alerts.town.senders(smtp_mails_per_second=0.2, alert_connections=1)[1]
    working = asyncio.create_task(sender.run())
    await eventually(lambda: bool(alerts.town.told()))
    working.cancel()
    await asyncio.wait([working], timeout=30)  # whoever waited for a turn would have it by then, and send
    assert working.cancelled()
    rows = await alerts.town.post.pool.fetch("SELECT state, claim FROM broadcast_delivery ORDER BY state")
    assert [tuple(row) for row in rows] == [("pending", None)] * 2 + [("sent", None)]


async def test_a_text_message_that_waits_for_its_turn_is_given_back_at_a_stop(
    alerts: Alerts, monkeypatch: pytest.MonkeyPatch
) -> None:
    town, turns = alerts.town, list[bool]()
    with texts_provider("first") as first, texts_provider("second") as second:
        texts = Texts(town.post, first, second)
        for number in ("+33639980001", "+33639980002"):
            await town.choose(texts.person(number, None), {"consents": [EMERGENCY], "places": [place(HALL)]})
        await alerts.issue(channels=["sms"])

        async def one_alone(_: Turns, *, urgent: bool = False) -> None:
            turns.append(urgent)
            if len(turns) > 1:
                await asyncio.Event().wait()

        monkeypatch.setattr(Turns, "wait", one_alone)
        working = asyncio.create_task(town.senders(alert_sms_lanes=1)[3].run())
        await eventually(lambda: len(turns) > 1)
        working.cancel()
        await asyncio.wait([working], timeout=30)
        assert working.cancelled()
        rows = await town.post.pool.fetch("SELECT state, claim FROM broadcast_delivery ORDER BY state")
        assert [tuple(row) for row in rows] == [("pending", None), ("sent", None)]
        await texts.aclose()


async def test_what_went_is_kept_at_a_later_try(alerts: Alerts, monkeypatch: pytest.MonkeyPatch) -> None:
    await alerts.live("zoe@example.org", consents=[EMERGENCY], places=[place(HALL)])
    await alerts.issue()
    settle, failures = BroadcastDeliveries.settle, [OSError(), OSError()]

    async def at_last(deliveries: BroadcastDeliveries, claim: UUID, settled: Sequence[Settled]) -> None:
        if settled and failures:
            raise failures.pop()
        await settle(deliveries, claim, settled)

    monkeypatch.setattr(BroadcastDeliveries, "settle", at_last)
    await alerts.town.send()
    rows = await alerts.town.post.pool.fetch("SELECT state FROM broadcast_delivery")
    assert [row["state"] for row in rows] == ["sent"]
    assert failures == []


async def test_what_is_paused_in_its_midst_goes_no_further_than_its_group(alerts: Alerts) -> None:
    for number in range(4):
        await alerts.live(f"p{number}@example.org", consents=[EMERGENCY], places=[place(HALL)])
    alert = await alerts.issue()
    sink = alerts.town.post.sink
    sink.hold_recipient = 1
    sender = alerts.town.senders(alert_connections=1, broadcast_group=2)[1]
    working = asyncio.create_task(sender.round())
    await eventually(sink.holding.is_set)
    version = (await alerts.town.post.get(alerts.author, f"/v1/alerts/{alert}")).headers["etag"].strip('"')
    assert (await alerts.move(alerts.author, alert, "pause", int(version))).status_code == 200
    sink.let_go.set()
    await working
    await sender.close()
    assert len(sink.taken) == 2
    sink.hold_recipient = None
    assert (await alerts.move(alerts.author, alert, "resume", int(version) + 1)).status_code == 200
    await alerts.town.post.pool.execute("UPDATE broadcast_delivery SET due_at = now() WHERE due_at < 'infinity'")
    await alerts.town.send()
    assert len(alerts.town.told()) == len(set(alerts.town.told())) == 4


async def test_an_outage_and_a_kill_after_it_leave_nobody_out(alerts: Alerts) -> None:
    town, sink = alerts.town, alerts.town.post.sink
    await alerts.live("zoe@example.org", consents=[EMERGENCY], places=[place(HALL)])
    await alerts.issue()
    for _ in range(5):
        sink.sender_replies = ["421 4.3.2 not now"]
        await town.send()
        await town.post.pool.execute("UPDATE broadcast_delivery SET due_at = now()")
    await killed(alerts)
    await town.send()
    assert town.told() == ["zoe@example.org"]


async def test_kills_one_after_the_other_leave_nobody_out(alerts: Alerts) -> None:
    await alerts.live("zoe@example.org", consents=[EMERGENCY], places=[place(HALL)])
    await alerts.issue()
    for turn in range(6):
        await alerts.town.send()
        assert len(alerts.town.told()) == turn + 1
        await killed(alerts)


async def test_a_mail_that_goes_out_and_is_never_answered_is_given_up(alerts: Alerts) -> None:
    await alerts.live("zoe@example.org", consents=[EMERGENCY], places=[place(HALL)])
    await alerts.issue()
    alerts.town.post.sink.hold_answer = True
    for _ in range(6):
        await alerts.town.send(smtp_acceptance_seconds=1.5)
        await alerts.town.post.pool.execute("UPDATE broadcast_delivery SET due_at = now() WHERE due_at < 'infinity'")
    assert len(alerts.town.told()) == 5
    rows = await alerts.town.post.pool.fetch("SELECT state, last_reply FROM broadcast_delivery")
    assert [tuple(row) for row in rows] == [("unknown", "unanswered")]
