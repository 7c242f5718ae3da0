# SPDX-License-Identifier: EUPL-1.2
"""Each attempt of news and alerts is kept, whoever is killed, and exported: with whom, when, and what they said."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from notifications_alerts import Alerts
from notifications_bounces import BOUNCES, bounce_intake, notification
from notifications_browsers import Browsers, PushService
from notifications_calls import Calls, called
from notifications_gathering import gathering, its_time, published
from notifications_post import Post
from notifications_texts import Provider, Texts, texts_provider
from notifications_town import EMERGENCY, HALL, Town, place, wishes

from parvis_local.pushsink.faults import Fault as PushFault
from parvis_local.smssink.faults import Fault
from parvis_notifications.api.broadcast_records import COLUMNS
from parvis_notifications.api.record_files import ATTEMPT_COLUMNS
from parvis_notifications.db.broadcast_deliveries import BroadcastDeliveries
from parvis_notifications.db.broadcast_reports import BroadcastReports, ToldPart
from parvis_notifications.domain.broadcast import PartState, Settled
from parvis_notifications.outgoing.push import PushServices
from parvis_notifications.service import marked_group

DUE = "UPDATE broadcast_delivery SET due_at = now() WHERE due_at < 'infinity'"
THERE = {"consents": [EMERGENCY], "places": [place(HALL)]}


async def exported(town: Town, item: str) -> list[dict[str, Any]]:
    answer = await town.post.get(town.agent, f"/v1/broadcasts/{item}/delivery-records?format=json")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json"), answer.text
    return list(answer.json()["items"])


async def tried(town: Town, item: str) -> list[tuple[str | None, str, str | None]]:
    """With whom, what came of it, and the answer, of the one whom it was for."""
    (record,) = await exported(town, item)
    assert record["attempts"] == len(record["attempt_log"])
    return [(each["provider"], each["outcome"], each["reply"]) for each in record["attempt_log"]]


async def texted(texts: Texts, town: Town) -> None:
    await town.choose(texts.person("+33639980001", None), THERE)


async def again(town: Town, **changes: Any) -> None:
    await town.post.pool.execute(DUE)
    await town.send(**changes)


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
