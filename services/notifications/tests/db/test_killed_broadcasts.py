# SPDX-License-Identifier: EUPL-1.2
"""A worker stops in the midst of an alert, or is killed: nobody is left out, and nobody is told twice unawares."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from notifications_alerts import Alerts
from notifications_post import Post, eventually
from notifications_texts import Texts, texts_provider
from notifications_town import EMERGENCY, HALL, Town, place

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
    sink.hold_recipient, sink.hold_seconds = 2, 0.3
    sender = alerts.town.senders(alert_connections=1, broadcast_group=2)[1]
    working = asyncio.create_task(sender.run())
    await eventually(sink.holding.is_set)
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    assert 2 < len(sink.taken) < 6
    rows = await alerts.town.post.pool.fetch("SELECT DISTINCT state FROM broadcast_delivery ORDER BY state")
    assert [row["state"] for row in rows] == ["pending", "sent"], "none is in doubt"
    sink.hold_recipient = None
    await alerts.town.send()
    assert alerts.town.told() == people


async def test_what_is_paused_in_its_midst_goes_no_further_than_its_group(alerts: Alerts) -> None:
    for number in range(4):
        await alerts.live(f"p{number}@example.org", consents=[EMERGENCY], places=[place(HALL)])
    alert = await alerts.issue()
    sink = alerts.town.post.sink
    sink.hold_recipient, sink.hold_seconds = 1, 0.5
    sender = alerts.town.senders(alert_connections=1, broadcast_group=2)[1]
    working = asyncio.create_task(sender.round())
    await eventually(sink.holding.is_set)
    version = (await alerts.town.post.get(alerts.author, f"/v1/alerts/{alert}")).headers["etag"].strip('"')
    assert (await alerts.move(alerts.author, alert, "pause", int(version))).status_code == 200
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
        await alerts.town.send(smtp_acceptance_seconds=0.2)
        await alerts.town.post.pool.execute("UPDATE broadcast_delivery SET due_at = now() WHERE due_at < 'infinity'")
    assert len(alerts.town.told()) == 5
    rows = await alerts.town.post.pool.fetch("SELECT state, last_reply FROM broadcast_delivery")
    assert [tuple(row) for row in rows] == [("unknown", "unanswered")]
