# SPDX-License-Identifier: EUPL-1.2
"""What became of news and alerts with each recipient: what comes back, what arrived, and nothing before it is known."""

from typing import Any
from uuid import uuid4

from notifications_alerts import Alerts
from notifications_bounces import BOUNCES, bounce_intake, notification
from notifications_calls import calls_provider
from notifications_post import kept_receipts
from notifications_texts import Texts, texts_provider
from notifications_town import EMERGENCY, HALL, Town, place, wishes

from parvis_local.smssink.faults import Fault
from parvis_notifications.db.broadcast_deliveries import BroadcastDeliveries
from parvis_notifications.db.broadcast_reports import BroadcastReports
from parvis_notifications.db.paces import Paces
from parvis_notifications.domain.broadcast import Lane, PartState, Settled
from parvis_notifications.domain.topic import Channel
from parvis_notifications.service.ask_about_many import BroadcastAsker
from parvis_notifications.service.bell import Bell
from parvis_notifications.service.sms_routes import sms_routes


async def figures(town: Town, item: str) -> dict[str, int]:
    read = (await town.post.get(town.agent, f"/v1/news-items/{item}")).json()
    return {part["state"]: part["people"] for part in read["figures"]["parts"]}


async def told(town: Town, count: int = 2) -> str:
    for number in range(count):
        reader = town.post.person(f"p{number}@example.org")
        assert (await town.choose(reader, wishes())).status_code == 200
    item: str = (await town.publish()).json()["id"]
    await town.send(bounce_address=BOUNCES)
    return item


async def test_a_mail_to_many_has_a_return_path_of_its_own_and_what_comes_back_is_counted(town: Town) -> None:
    item = await told(town)
    paths = [sender for sender, _ in town.post.sink.envelopes]
    assert len(set(paths)) == 2
    assert all(len(path.partition("@")[0]) <= 64 for path in paths), "RFC 5321 section 4.5.3.1.1"
    async with bounce_intake(town.post) as courier:
        await courier.bring(paths[0].upper(), notification(("delayed", "4.4.1")))
        assert await figures(town, item) == {"sent": 2}, "the relay still tries"
        for _ in range(2):
            answers = await courier.bring(paths[0], notification(("failed", "5.1.1")))
            assert answers[-1].startswith("250")
        assert await figures(town, item) == {"bounced": 1, "sent": 1}
        await courier.bring(paths[0], notification(("delayed", "4.4.1")))
        local, _, domain = paths[1].partition("@")
        forged = f"{local[:-1]}{'b' if local[-1] == 'a' else 'a'}@{domain}"
        assert (await courier.bring(forged, notification(("failed", "5.1.1"))))[-1].startswith("550")
    assert await figures(town, item) == {"bounced": 1, "sent": 1}
    row = await town.post.pool.fetchrow("SELECT * FROM broadcast_delivery WHERE state = 'bounced'")
    assert (row["report_status"], row["delayed_at"] is None) == ("5.1.1", False)


async def test_a_report_that_overtakes_the_answer_stays(town: Town) -> None:
    await told(town, 1)
    async with bounce_intake(town.post) as courier:
        await courier.bring(town.post.sink.envelopes[0][0], notification(("failed", "5.2.2")))
    # As if the worker had only now said that the relay took it.
    recipient = await town.post.pool.fetchval("UPDATE broadcast_delivery SET sent_at = NULL RETURNING recipient")
    deliveries = BroadcastDeliveries(town.post.pool, Lane.NEWS, Channel.EMAIL)
    await deliveries.settle(uuid4(), [Settled(recipient, PartState.SENT, "250")])
    assert await town.post.pool.fetchval("SELECT state FROM broadcast_delivery") == "bounced"


async def asked(texts: Texts) -> None:
    """Ask about everything that waits for news."""
    pool, routes = texts.post.pool, sms_routes(texts.post.settings(), kept_receipts(texts.post), Paces(texts.post.pool))
    await pool.execute("UPDATE broadcast_delivery SET ask_at = now() WHERE ask_at IS NOT NULL")
    await BroadcastAsker(BroadcastReports(pool), routes, texts.post.settings(), Bell()).round()
    await routes.close()


async def alerted(alerts: Alerts, texts: Texts, **changes: Any) -> str:
    town = alerts.town
    for name, number in (("zoe", "+33639980001"), ("max", "+33639980002")):
        reader = texts.person(number, f"{name}@example.org")
        await town.choose(reader, {"consents": [EMERGENCY], "places": [place(HALL)]})
    alert = await alerts.issue(**changes)
    await town.send()
    return alert


async def parts(alerts: Alerts, alert: str) -> dict[tuple[str, str], int]:
    read = await alerts.read(f"/v1/alerts/{alert}/figures")
    return {(part["channel"], part["state"]): part["people"] for part in read["delivery"]["parts"]}


async def test_providers_are_asked_what_became_of_texts_to_many(alerts: Alerts) -> None:
    with texts_provider("first") as first, texts_provider("second") as second:
        texts = Texts(alerts.town.post, first, second)
        alert = await alerted(alerts, texts, channels=["sms"])
        assert await parts(alerts, alert) == {("sms", "sent"): 2}
        await asked(texts)
        assert await parts(alerts, alert) == {("sms", "sent"): 2}, "under way is nothing final"
        first.settle()
        await asked(texts)
        assert await parts(alerts, alert) == {("sms", "delivered"): 2}
        assert await alerts.town.post.pool.fetchval("SELECT count(ask_at) FROM broadcast_delivery") == 0
        await texts.aclose()


async def test_a_text_that_is_lost_is_final_and_a_provider_that_is_away_is_asked_again(alerts: Alerts) -> None:
    with texts_provider("first") as first, texts_provider("second") as second:
        texts = Texts(alerts.town.post, first, second)
        first.faults = [Fault.LOST]
        alert = await alerted(alerts, texts, channels=["sms"])
        first.settle()
        await asked(texts)
        assert await parts(alerts, alert) == {("sms", "bounced"): 1, ("sms", "delivered"): 1}
        await texts.aclose()


async def test_whom_a_mail_did_not_reach_is_not_left_waiting_for_the_next_channel(alerts: Alerts) -> None:
    town = alerts.town
    with texts_provider("first") as first, texts_provider("second") as second:
        texts = Texts(town.post, first, second)
        town.post.more["bounce_address"] = BOUNCES
        await alerted(alerts, texts, channels=["email", "sms"], escalate_minutes=30)
        assert first.texts() == []
        path = next(sender for sender, to in town.post.sink.envelopes if to == "zoe@example.org")
        async with bounce_intake(town.post) as courier:
            await courier.bring(path, notification(("failed", "5.1.1")))
        await town.send()
        assert [text.to for text in first.texts()] == ["+33639980001"]
        await texts.aclose()


async def waiting(alerts: Alerts) -> dict[str, int]:
    """In how many minutes what waits for its turn is due, by channel."""
    rows = await alerts.town.post.pool.fetch(
        "SELECT channel, round(extract(epoch FROM due_at - now()) / 60) AS minutes FROM broadcast_delivery"
        " WHERE state = 'pending'"
    )
    return {row["channel"]: int(row["minutes"]) for row in rows}


async def test_a_number_that_does_not_exist_leaves_its_turn_to_the_next_channel(alerts: Alerts) -> None:
    town = alerts.town
    with texts_provider("first") as first, texts_provider("second") as second, calls_provider("calls") as lines:
        texts = Texts(town.post, first, second)
        town.post.more |= {"voice_providers": (lines.settings(),)}
        await town.choose(texts.person(), {"consents": [EMERGENCY], "places": [place(HALL)]})
        first.faults = [Fault.NO_NUMBER]
        await alerts.issue(channels=["sms", "email", "voice"], escalate_minutes=30)
        await town.send()
        if town.post.sink.mails() == []:
            assert await waiting(alerts) == {"email": 0, "voice": 30}
            await town.send()
        assert [mail["To"] for mail in town.post.sink.mails()] == ["camille@example.org"]
        assert await waiting(alerts) == {"voice": 30}
        await texts.aclose()


async def test_who_was_written_to_meanwhile_has_their_time_to_answer(alerts: Alerts) -> None:
    """A mail comes back after the text message went: the call that would be next waits for its answer."""
    town = alerts.town
    with texts_provider("first") as first, texts_provider("second") as second, calls_provider("calls") as lines:
        texts = Texts(town.post, first, second)
        town.post.more |= {"voice_providers": (lines.settings(),), "bounce_address": BOUNCES}
        await town.choose(texts.person(), {"consents": [EMERGENCY], "places": [place(HALL)]})
        await alerts.issue(channels=["email", "sms", "voice"], escalate_minutes=30)
        await town.send()
        await town.post.pool.execute(
            "UPDATE broadcast_delivery SET due_at = due_at - interval '30 minutes' WHERE state = 'pending'"
        )
        await town.send()
        assert len(first.texts()) == 1
        async with bounce_intake(town.post) as courier:
            await courier.bring(town.post.sink.envelopes[0][0], notification(("failed", "5.1.1")))
        assert await waiting(alerts) == {"voice": 30}
        await texts.aclose()


async def test_without_an_address_for_bounces_they_leave_as_the_town(town: Town) -> None:
    await town.choose(town.post.person("p@example.org"), wishes())
    await town.publish()
    await town.send()
    assert town.post.sink.envelopes == [("ne-pas-repondre@ville.example", "p@example.org")]
