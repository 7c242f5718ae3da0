# SPDX-License-Identifier: EUPL-1.2
"""Who was told of an alert by text message answers it by one."""

import json
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from notifications_alerts import Alerts
from notifications_post import Post
from notifications_replies import received
from notifications_senders import Office
from notifications_texts import Texts, texts_provider
from notifications_town import EMERGENCY, HALL, place

from parvis_notifications.domain.inbound import InboundText
from parvis_notifications.domain.sms import length
from parvis_notifications.inbound_settings import InboundHookSettings
from parvis_notifications.outgoing.webhook_keys import new_keys, shown_secret, signatures
from parvis_notifications.service.issue_alerts import estimate_alert
from parvis_notifications.service.receive_hooks import ReceiveHooks

ZOE, MAX, STRANGER = "+33639980001", "+33639980002", "+33639980003"
NUMBER = "+33757590000"
KEY = new_keys()


@pytest.fixture(autouse=True)
def hooks(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    own = (InboundHookSettings.model_validate({"collectivity": "paris", "secrets": [shown_secret(KEY)]}),)
    settings = post.service.runtime.settings
    monkeypatch.setitem(settings.__dict__, "inbound_hooks", own)
    monkeypatch.setitem(settings.__dict__, "inbound_per_hour", 2)


@pytest.fixture
async def texts(alerts: Alerts) -> AsyncIterator[Texts]:
    with texts_provider("first") as first, texts_provider("second") as second:
        made = Texts(alerts.town.post, first, second)
        yield made
        await made.aclose()


async def bring(post: Post, sender: str, text: str, id_: str = "", **more: str) -> httpx.Response:
    body = {"sender": sender, "text": text} | more
    content, at, name = json.dumps(body).encode(), int(time.time()), id_ or f"msg_{uuid4()}"
    headers = {
        "Content-Type": "application/json",
        "webhook-id": name,
        "webhook-timestamp": str(at),
        "webhook-signature": signatures([KEY], name, at, content),
    }
    return await post.client.post("/v1/collectivities/paris/inbound-texts", content=content, headers=headers)


async def alerted(alerts: Alerts, provider: Texts, *numbers: str, **changes: Any) -> str:
    for number in numbers:
        await alerts.town.choose(provider.person(number, None), {"consents": [EMERGENCY], "places": [place(HALL)]})
    alert = await alerts.issue(**({"channels": ["sms"]} | changes))
    await alerts.town.send()
    return alert


async def answers(alerts: Alerts, alert: str) -> dict[str, int]:
    found: dict[str, int] = (await alerts.read(f"/v1/alerts/{alert}/figures"))["answers"]
    return found


async def test_one_digit_says_that_they_are_safe_or_need_help_and_nobody_has_to_read_it(
    alerts: Alerts, texts: Texts
) -> None:
    alert, post = await alerted(alerts, texts, ZOE, MAX), alerts.town.post
    for number, text in ((ZOE, "1"), (MAX, "2")):
        assert (await bring(post, number, text)).status_code == 204
    assert await answers(alerts, alert) == {"safe": 1, "help": 1}
    (item,) = (await alerts.read(f"/v1/alerts/{alert}/answers"))["items"]
    assert item["phone"] == MAX
    assert await received(post) == []
    assert await post.pool.fetch("SELECT 1 FROM outbox WHERE type LIKE '%message-received%'") == []


async def test_words_after_a_call_for_help_are_read_by_people_too(alerts: Alerts, texts: Texts) -> None:
    alert, post = await alerted(alerts, texts, ZOE), alerts.town.post
    for _ in range(2):
        assert (await bring(post, ZOE, "Aide ma mère est au 2e étage", "msg_1")).status_code == 204
    assert await answers(alerts, alert) == {"safe": 0, "help": 1}
    (kept,) = await received(post)
    assert (kept["sender"], kept["text"]) == (ZOE, "Aide ma mère est au 2e étage")


async def test_brought_twice_it_is_one_answer_and_reopens_nothing(alerts: Alerts, texts: Texts) -> None:
    alert, post = await alerted(alerts, texts, ZOE), alerts.town.post
    await bring(post, ZOE, "2", "msg_1")
    await post.pool.execute("UPDATE recipient SET helped_at = now()")
    await bring(post, ZOE, "2", "msg_1")
    assert (await alerts.read(f"/v1/alerts/{alert}/figures"))["help"] == {"open": 0, "helped": 1}
    await bring(post, ZOE, "2", "msg_2")
    assert (await alerts.read(f"/v1/alerts/{alert}/figures"))["help"] == {"open": 1, "helped": 0}


async def test_who_heard_of_it_is_not_called_on_and_may_still_answer(alerts: Alerts, texts: Texts) -> None:
    alert, post = await alerted(alerts, texts, ZOE), alerts.town.post
    await bring(post, ZOE, "Bien reçu")
    assert await answers(alerts, alert) == {"safe": 0, "help": 0}
    assert await post.pool.fetchval("SELECT acknowledged_at IS NOT NULL FROM recipient")
    await bring(post, ZOE, "1")
    assert await answers(alerts, alert) == {"safe": 1, "help": 0}


@pytest.mark.parametrize("change", ["expires_at = now() - interval '25 hours'", "sent_at = NULL"])
async def test_what_answers_no_alert_is_for_people_to_read(alerts: Alerts, texts: Texts, change: str) -> None:
    alert, post = await alerted(alerts, texts, ZOE), alerts.town.post
    await bring(post, STRANGER, "2", "msg_1")
    await post.pool.execute(f"UPDATE alert SET {change}")
    await bring(post, ZOE, "2", "msg_2")
    assert sorted(each["sender"] for each in await received(post)) == [ZOE, STRANGER]
    assert await post.pool.fetchval("SELECT count(answer) FROM recipient") == 0
    # What was kept before does not become an answer to what came since.
    await post.pool.execute("UPDATE alert SET expires_at = now() + interval '1 h', sent_at = now()")
    await bring(post, ZOE, "2", "msg_2")
    assert await post.pool.fetchval("SELECT count(answer) FROM recipient") == 0
    assert alert


async def test_who_has_the_former_text_in_their_hand_is_heard_while_the_update_is_still_to_come(
    alerts: Alerts, texts: Texts
) -> None:
    former, post = await alerted(alerts, texts, ZOE), alerts.town.post
    update = await alerts.issue(channels=["sms"], kind="update", follows=former)
    for _ in range(2):
        assert (await bring(post, ZOE, "2", "msg_1")).status_code == 204
    assert await answers(alerts, former) == {"safe": 0, "help": 1}
    assert [each["text"] for each in await received(post)] == ["2"], "nobody may look at what has ended"
    await alerts.town.send()
    await bring(post, ZOE, "1")
    assert await answers(alerts, update) == {"safe": 1, "help": 0}
    assert len(await received(post)) == 1


async def test_it_answers_the_last_of_two_alerts(alerts: Alerts, texts: Texts) -> None:
    first = await alerted(alerts, texts, ZOE)
    second = await alerted(alerts, texts)
    await bring(alerts.town.post, ZOE, "1")
    assert [await answers(alerts, each) for each in (first, second)] == [
        {"safe": 0, "help": 0},
        {"safe": 1, "help": 0},
    ]


async def test_answers_are_heard_however_many_and_keep_no_other_message_out(alerts: Alerts, texts: Texts) -> None:
    alert, post = await alerted(alerts, texts, ZOE), alerts.town.post
    for number in range(4):
        assert (await bring(post, ZOE, str(1 + number % 2))).status_code == 204
    assert (await bring(post, STRANGER, "Le lampadaire est éteint")).status_code == 204
    assert await answers(alerts, alert) == {"safe": 0, "help": 1}


@pytest.mark.parametrize(("text", "read"), [("2", []), ("Aide, au 2e étage", ["Aide, au 2e étage"])])
async def test_a_call_for_help_is_heard_where_an_application_has_the_number_and_it_has_the_words_too(
    alerts: Alerts, texts: Texts, text: str, read: list[str]
) -> None:
    alert, post = await alerted(alerts, texts, ZOE), alerts.town.post
    await Office(post).key(inbound_number=NUMBER)
    for _ in range(2):
        assert (await bring(post, ZOE, text, "msg_1", recipient=NUMBER)).status_code == 204
    assert await answers(alerts, alert) == {"safe": 0, "help": 1}
    assert [each["text"] for each in await received(post)] == read
    assert await post.pool.fetchval("SELECT count(*) FROM received_text") == 1
    assert (await bring(post, STRANGER, text, recipient=NUMBER)).status_code == 204
    assert [each["text"] for each in await received(post)] == read, "what answers nothing is the application's alone"
    assert await post.pool.fetchval("SELECT count(*) FROM received_text") == 2


@pytest.mark.parametrize("answerable", [True, False])
async def test_the_text_says_how_it_is_answered_where_it_can_be_and_that_is_counted(
    alerts: Alerts, texts: Texts, *, answerable: bool
) -> None:
    post = alerts.town.post
    post.more["alert_texts_answerable"] = answerable
    alert = await alerted(alerts, texts, ZOE, texts={"fr": {"subject": "Crue " * 14, "body": "L'eau monte."}})
    (text,) = texts.first.texts()
    assert ("Répondez 1 : en sécurité, 2 : besoin d'aide" in text.body) is answerable
    assert "alert-answer" in text.body
    async with post.service.runtime.database.unit_of_work() as uow:
        estimate = await estimate_alert(uow.session, "paris", UUID(alert), post.settings())
    assert estimate.segments == length(text.body).segments == (2 if answerable else 1)


async def sent_before(post: Post, ago: str) -> None:
    """The alerts were sent so much earlier, and all that went of them with them."""
    await post.pool.execute("UPDATE alert SET sent_at = sent_at - $1::text::interval", ago)
    await post.pool.execute("UPDATE broadcast_delivery SET handed_over_at = handed_over_at - $1::text::interval", ago)


async def late(alerts: Alerts, text: str, ago: timedelta) -> None:
    """Zoé wrote so long ago, and it was looked up just now."""
    runtime = alerts.town.post.service.runtime
    receive = ReceiveHooks(runtime.database, runtime.persons, runtime.blind_index, runtime.settings)
    at = datetime.now(UTC) - ago
    await receive.text("paris", f"first {uuid4()}", InboundText(ZOE, text, came_at=at))


async def test_what_was_written_before_and_is_looked_up_later_takes_no_call_for_help_back(
    alerts: Alerts, texts: Texts
) -> None:
    alert, post = await alerted(alerts, texts, ZOE), alerts.town.post
    await sent_before(post, "1 hour")
    await bring(post, ZOE, "2")
    await late(alerts, "1", timedelta(minutes=10))
    assert await answers(alerts, alert) == {"safe": 0, "help": 1}


async def test_what_was_written_before_an_alert_answers_a_former_one_or_is_read_by_people(
    alerts: Alerts, texts: Texts
) -> None:
    alert, post = await alerted(alerts, texts, ZOE), alerts.town.post
    await late(alerts, "1", timedelta(minutes=10))
    assert await answers(alerts, alert) == {"safe": 0, "help": 0}
    assert [each["text"] for each in await received(post)] == ["1"]
    await sent_before(post, "1 hour")
    await late(alerts, "2", timedelta(minutes=5))
    assert await answers(alerts, alert) == {"safe": 0, "help": 1}
    await post.pool.execute("UPDATE recipient SET helped_at = now()")
    await late(alerts, "2", timedelta(minutes=4))
    assert (await alerts.read(f"/v1/alerts/{alert}/figures"))["help"] == {"open": 0, "helped": 1}


async def test_what_was_written_to_an_alert_that_ended_since_answers_no_older_one_that_goes_on(
    alerts: Alerts, texts: Texts
) -> None:
    older, post = await alerted(alerts, texts, ZOE), alerts.town.post
    newer = await alerted(alerts, texts)
    await sent_before(post, "1 hour")
    await post.pool.execute("UPDATE alert SET ended_at = now() WHERE id = $1", UUID(newer))
    await late(alerts, "1", timedelta(minutes=10))
    assert await answers(alerts, older) == {"safe": 0, "help": 0}
    assert await answers(alerts, newer) == {"safe": 1, "help": 0}
    assert [each["text"] for each in await received(post)] == ["1"], "nobody may look at what has ended"


async def test_what_was_written_before_its_text_message_went_answers_the_former_alert(
    alerts: Alerts, texts: Texts
) -> None:
    former, post = await alerted(alerts, texts, ZOE), alerts.town.post
    await post.pool.execute("UPDATE broadcast_delivery SET handed_over_at = handed_over_at - interval '1 hour'")
    later = await alerted(alerts, texts)
    await post.pool.execute("UPDATE alert SET sent_at = sent_at - interval '1 hour'")
    await late(alerts, "1", timedelta(minutes=10))
    assert await answers(alerts, former) == {"safe": 1, "help": 0}
    assert await answers(alerts, later) == {"safe": 0, "help": 0}


async def test_what_answers_an_alert_that_is_long_over_is_read_by_people(alerts: Alerts, texts: Texts) -> None:
    alert, post = await alerted(alerts, texts, ZOE), alerts.town.post
    await sent_before(post, "4 days")
    await post.pool.execute("UPDATE alert SET expires_at = expires_at - interval '4 days'")
    await late(alerts, "2", timedelta(days=3, hours=23))
    assert await answers(alerts, alert) == {"safe": 0, "help": 1}
    assert [each["text"] for each in await received(post)] == ["2"]
