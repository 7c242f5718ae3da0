# SPDX-License-Identifier: EUPL-1.2
"""Each attempt of news and alerts is kept, whoever is killed, and exported: with whom, when, and what they said."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import pytest
from notifications_alerts import Alerts
from notifications_attempts import THERE, again, exported, texted, tried
from notifications_bounces import BOUNCES, bounce_intake, notification
from notifications_texts import Provider, Texts, texts_provider

from parvis_local.smssink.faults import Fault
from parvis_notifications.db.broadcast_deliveries import BroadcastDeliveries
from parvis_notifications.db.broadcast_reports import BroadcastReports, ToldPart
from parvis_notifications.domain.broadcast import PartState, Settled
from parvis_notifications.service import marked_group


async def test_each_attempt_of_a_mail_is_kept_until_one_is_taken(alerts: Alerts) -> None:
    await alerts.live("zoe@example.org", **THERE)
    alert, town = await alerts.issue(), alerts.town
    town.post.sink.recipient_replies = ["450 4.2.1 zoe@example.org is busy"]
    town.post.sink.content_replies = ["451 4.3.0 later"]
    await town.send()
    for _ in range(2):
        await again(town)
    assert await tried(town, alert) == [
        ("smtp", "deferred", "450 4.2.1"),
        ("smtp", "deferred", "451 4.3.0"),
        ("smtp", "accepted", "250 2.0.0"),
    ]
    (record,) = await exported(town, alert)
    assert [each["fault"] for each in record["attempt_log"]] == ["temporary", "temporary", None]
    instants = [each[name] for each in record["attempt_log"] for name in ("began_at", "ended_at")]
    assert instants == sorted(instants)
    assert datetime.fromisoformat(record["sent_at"]) >= datetime.fromisoformat(instants[-2])


async def test_what_is_refused_for_good_says_whose_trouble_it_was(alerts: Alerts) -> None:
    await alerts.live("zoe@example.org", **THERE)
    alert = await alerts.issue()
    alerts.town.post.sink.recipient_replies = ["550 5.1.1 nobody"]
    await alerts.town.send()
    (record,) = await exported(alerts.town, alert)
    (attempt,) = record["attempt_log"]
    assert (record["state"], attempt["outcome"], attempt["fault"]) == ("failed", "refused", "permanent")


async def test_a_relay_in_trouble_was_no_attempt_of_a_mail(alerts: Alerts) -> None:
    await alerts.live("zoe@example.org", **THERE)
    alert, town = await alerts.issue(), alerts.town
    town.post.sink.sender_replies = ["421 4.3.2 not now"]
    await town.send()
    assert await tried(town, alert) == []
    await again(town)
    assert await tried(town, alert) == [("smtp", "accepted", "250 2.0.0")]


async def test_the_attempt_of_a_killed_worker_is_told_as_unanswered_and_the_next_beside_it(
    alerts: Alerts, monkeypatch: pytest.MonkeyPatch
) -> None:
    await alerts.live("zoe@example.org", **THERE)
    alert, town = await alerts.issue(), alerts.town
    settle = BroadcastDeliveries.settle

    async def killed(_deliveries: BroadcastDeliveries, _claim: UUID, settled: Sequence[Settled]) -> None:
        if settled:
            raise OSError("killed")

    monkeypatch.setattr(BroadcastDeliveries, "settle", killed)
    monkeypatch.setattr(marked_group, "_SETTLE_TRIES", 1)
    with pytest.raises(OSError, match="killed"):
        await town.send()
    assert town.told() == ["zoe@example.org"]
    monkeypatch.setattr(BroadcastDeliveries, "settle", settle)
    await again(town)
    (record,) = await exported(town, alert)
    lost, taken = record["attempt_log"]
    assert (lost["provider"], lost["outcome"], lost["reply"], lost["ended_at"]) == (
        "smtp", "unanswered", "worker-gone", None,
    )  # fmt: skip
    assert (taken["outcome"], record["attempts"]) == ("accepted", 2)
    assert lost["began_at"] < taken["began_at"]


async def test_a_worker_that_was_only_slow_corrects_what_was_taken_for_lost(
    alerts: Alerts, monkeypatch: pytest.MonkeyPatch
) -> None:
    await alerts.live("zoe@example.org", **THERE)
    alert, town = await alerts.issue(), alerts.town
    settle, late = BroadcastDeliveries.settle, list[tuple[BroadcastDeliveries, UUID, Sequence[Settled]]]()

    async def slow(deliveries: BroadcastDeliveries, claim: UUID, settled: Sequence[Settled]) -> None:
        if settled:
            late.append((deliveries, claim, settled))

    monkeypatch.setattr(BroadcastDeliveries, "settle", slow)
    senders = town.senders()
    await senders[1].round()
    monkeypatch.setattr(BroadcastDeliveries, "settle", settle)
    await again(town)
    for _ in range(2):
        await settle(*late[0])
    assert await tried(town, alert) == [("smtp", "accepted", "250 2.0.0")] * 2
    for each in senders:
        await each.close()


async def test_a_bounce_of_what_a_killed_worker_sent_ends_it_and_keeps_its_attempt(
    alerts: Alerts, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = alerts.town
    town.post.more["bounce_address"] = BOUNCES
    await alerts.live("zoe@example.org", **THERE)
    alert = await alerts.issue()

    async def killed(_deliveries: BroadcastDeliveries, _claim: UUID, settled: Sequence[Settled]) -> None:
        if settled:
            raise OSError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(BroadcastDeliveries, "settle", killed)
        patched.setattr(marked_group, "_SETTLE_TRIES", 1)
        with pytest.raises(OSError, match="killed"):
            await town.send()
    async with bounce_intake(town.post) as courier:
        await courier.bring(town.post.sink.envelopes[0][0], notification(("failed", "5.1.1")))
    assert await tried(town, alert) == [("smtp", "unanswered", "worker-gone")]


async def test_a_bounce_of_what_was_taken_before_attempts_were_kept_makes_none_up(alerts: Alerts) -> None:
    town = alerts.town
    town.post.more["bounce_address"] = BOUNCES
    await alerts.live("zoe@example.org", **THERE)
    alert = await alerts.issue()
    await town.send()
    await town.post.pool.execute("DELETE FROM broadcast_attempt")
    async with bounce_intake(town.post) as courier:
        await courier.bring(town.post.sink.envelopes[0][0], notification(("failed", "5.1.1")))
    assert await town.post.pool.fetchval("SELECT state FROM broadcast_delivery") == "bounced"
    assert await town.post.pool.fetch("SELECT * FROM broadcast_attempt") == [], alert


async def test_each_provider_that_was_offered_a_text_message_is_an_attempt(alerts: Alerts) -> None:
    town = alerts.town
    with texts_provider("first") as first, texts_provider("second") as second:
        texts = Texts(town.post, first, second)
        await texted(texts, town)
        alert = await alerts.issue(channels=["sms"])
        first.faults = [Fault.AWAY]
        await town.send()
        (record,) = await exported(town, alert)
        away, taken = record["attempt_log"]
        assert (away["provider"], away["outcome"], away["fault"]) == ("first", "deferred", "technical")
        assert (taken["provider"], taken["outcome"], taken["cost_millicents"]) == (
            "second", "accepted", record["cost_millicents"],
        )  # fmt: skip
        assert taken["reference"] == second.texts()[0].sid
        reports = BroadcastReports(town.post.pool)
        told = ToldPart(record["recipient"], PartState.DELIVERED, "delivered", None, 3, 99)
        await reports.tell([told])
        (record,) = await exported(town, alert)
        assert [each["cost_millicents"] for each in record["attempt_log"]] == [None, 99], "as its provider says"
        await texts.aclose()


@pytest.mark.parametrize("known", [True, False])
async def test_what_is_found_out_later_of_a_text_message_in_doubt_is_told_of_that_attempt(
    alerts: Alerts, *, known: bool
) -> None:
    town = alerts.town
    with texts_provider("first") as first, texts_provider("second") as second:
        texts = Texts(town.post, first, second)
        await texted(texts, town)
        alert = await alerts.issue(channels=["sms"])
        first.faults = [Fault.UNANSWERED]
        await town.send()
        assert [outcome for _, outcome, _ in await tried(town, alert)] == ["unanswered"]
        if not known:
            _never_had_it(first)
        await again(town)
        outcome = "accepted" if known else "not-taken"
        assert [(provider, outcome) for provider, outcome, _ in await tried(town, alert)] == [("first", outcome)]
        await again(town)
        ends = [outcome for _, outcome, _ in await tried(town, alert)]
        assert ends == (["accepted"] if known else ["not-taken", "accepted"])
        await texts.aclose()


async def test_who_took_a_text_message_knows_better_than_a_list_that_did_not_have_it_yet(
    alerts: Alerts, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = alerts.town
    with texts_provider("first") as first, texts_provider("second") as second:
        texts = Texts(town.post, first, second)
        await texted(texts, town)
        alert = await alerts.issue(channels=["sms"])
        settle, late = BroadcastDeliveries.settle, list[tuple[BroadcastDeliveries, UUID, Sequence[Settled]]]()

        async def slow(deliveries: BroadcastDeliveries, claim: UUID, settled: Sequence[Settled]) -> None:
            if settled:
                late.append((deliveries, claim, settled))

        senders = town.senders()
        with monkeypatch.context() as patched:
            patched.setattr(BroadcastDeliveries, "settle", slow)
            for each in senders:
                await each.round()
        _never_had_it(first)
        await again(town)
        assert [outcome for _, outcome, _ in await tried(town, alert)] == ["not-taken"]
        await settle(BroadcastDeliveries(town.post.pool, late[0][0].lane, late[0][0].channel), *late[0][1:])
        (record,) = await exported(town, alert)
        assert (record["state"], [each["outcome"] for each in record["attempt_log"]]) == ("sent", ["accepted"])
        for each in senders:
            await each.close()
        await texts.aclose()


def _never_had_it(provider: Provider) -> None:
    for text in provider.texts():
        provider.store._texts.pop(text.sid)  # noqa: SLF001 - as if it had been lost on its way
