# SPDX-License-Identifier: EUPL-1.2
"""Owners of subscriptions are told when theirs is in trouble, once, and can have it go on."""

import json
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from notifications_post import REQUESTS, Post, event
from notifications_servers import Receiver, receiver_server
from notifications_sink import form

from parvis_testing import Caller

PATH = "/v1/webhook-subscriptions"
CONTACT = "astreinte@voirie.example"


async def subscribed(post: Post, receiver: Receiver, **more: Any) -> tuple[Caller, str]:
    system = post.service.system()
    wish = {"contact_email": CONTACT, "description": "Voirie", **more}
    made = await post.subscribe(system, f"{receiver.url}/events?key=s3cret", **wish)
    assert made.status_code == 201, made.text
    return system, f"{PATH}/{made.json()['id']}"


async def change(
    post: Post, system: Caller, path: str, body: dict[str, Any], version: int = 1, kind: str = "merge-patch+json"
) -> Any:
    headers = system.headers | {"If-Match": f'"{version}"', "Content-Type": f"application/{kind}"}
    return await post.client.patch(path, content=json.dumps(body), headers=headers)


async def failing_for(post: Post, hours: float) -> None:
    """As if it had begun to fail so long ago."""
    shift = "UPDATE webhook_subscription SET failing_since = now() - make_interval(mins => $1)"
    await post.pool.execute(shift, int(hours * 60))


async def refused(post: Post, receiver: Receiver, status: int = 500) -> None:
    """One event that the subscriber does not take."""
    receiver.reply = lambda _: (status, {}, b"")
    await post.hear(event("resolved"))
    await post.call_webhooks()


def the_one(post: Post) -> EmailMessage:
    (mail,) = post.sink.mails()
    return mail


async def test_since_when_is_told_by_the_town_s_clocks(post: Post, receiver: Receiver) -> None:
    post.more["time_zones"] = {"paris": "Indian/Reunion"}
    await subscribed(post, receiver)
    await refused(post, receiver)
    await failing_for(post, 6.1)
    since = await post.pool.fetchval("SELECT failing_since FROM webhook_subscription")
    await post.warn_owners()
    assert f"à {since.astimezone(ZoneInfo('Indian/Reunion')):%H:%M}" in form(the_one(post), "plain")


async def test_who_takes_nothing_for_hours_is_written_to_once_in_both_languages(post: Post, receiver: Receiver) -> None:
    _, path = await subscribed(post, receiver)
    await refused(post, receiver)
    await failing_for(post, 5.9)
    await post.warn_owners()
    assert post.sink.mails() == []
    await failing_for(post, 6.1)
    await post.warn_owners()
    await post.warn_owners()
    mail = the_one(post)
    assert (mail["To"], post.sink.envelopes) == (CONTACT, [("ne-pas-repondre@ville.example", CONTACT)])
    assert mail["Subject"] == (
        "Votre abonnement webhook ne reçoit plus rien / Your webhook subscription receives nothing any more"
    )
    assert mail["Content-Language"] == "fr, en"
    for text in (form(mail, "plain"), form(mail, "html")):
        for said in ("127.0.0.1", path.rpartition("/")[2], "Voirie", f"{path}/deliveries", "Bonjour", "Hello"):
            assert said in text
        assert "s3cret" not in text
    assert "None" not in form(mail, "plain")


async def test_who_takes_events_again_before_the_mail_is_out_is_not_written_to(post: Post, receiver: Receiver) -> None:
    await subscribed(post, receiver)
    await refused(post, receiver)
    await failing_for(post, 7)
    post.sink.recipient_replies = ["451 4.3.0 later"]
    await post.warn_owners()
    receiver.reply = lambda _: (204, {}, b"")
    await post.due_now("webhook_delivery")
    await post.call_webhooks()
    await post.due_now("webhook_warning")
    await post.warn_owners()
    assert post.sink.mails() == []
    assert await post.rows("webhook_warning") == []
    # A new trouble is another occasion.
    await refused(post, receiver)
    await failing_for(post, 7)
    await post.warn_owners()
    assert len(post.sink.mails()) == 1


async def test_a_subscription_that_was_disabled_is_told_of_and_goes_on_when_its_owner_wants(
    post: Post, receiver: Receiver
) -> None:
    system, path = await subscribed(post, receiver)
    await refused(post, receiver, 410)
    for _ in range(2):
        await post.warn_owners()
    mail = the_one(post)
    assert mail["Subject"].startswith("Votre abonnement webhook est désactivé / ")
    assert "410" in form(mail, "plain")
    shown = await post.get(system, path)
    assert (shown.json()["state"], shown.headers["etag"]) == ("disabled", '"2"')
    await post.hear(event("resolved"))
    answer = await change(post, system, path, {"state": "active"}, version=2)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["state"], body["disabled_reason"], body["disabled_at"], body["failing_since_at"]) == (
        "active",
        None,
        None,
        None,
    )
    assert answer.headers["etag"] == '"3"'
    receiver.reply, receiver.calls[:] = lambda _: (204, {}, b""), []
    headers = system.headers | {"Idempotency-Key": post.key()}
    replay = await post.client.post(f"{path}/replays", json={"after": "0"}, headers=headers)
    assert replay.json()["deliveries"] == 2
    await post.hear(event("resolved"))
    await post.call_webhooks()
    assert len(receiver.calls) == 3


async def test_who_took_nothing_for_three_days_is_told_that_it_is_over(post: Post, receiver: Receiver) -> None:
    system, path = await subscribed(post, receiver)
    await refused(post, receiver)
    await post.pool.execute("UPDATE webhook_delivery SET attempts = 9, due_at = now()")
    await failing_for(post, 72)
    await post.call_webhooks()
    await post.warn_owners()
    assert (await post.get(system, path)).json()["disabled_reason"] == "failing"
    assert "trois jours" in form(the_one(post), "plain")


async def test_who_named_no_address_is_written_to_by_nobody(post: Post, receiver: Receiver) -> None:
    system, path = await subscribed(post, receiver, contact_email=None)
    await refused(post, receiver)
    await failing_for(post, 7)
    await refused(post, receiver, 410)
    await post.warn_owners()
    assert post.sink.mails() == []
    assert (await post.get(system, path)).json()["contact_email"] is None


async def test_a_mail_that_is_refused_for_now_comes_back_and_one_refused_for_good_does_not(
    post: Post, receiver: Receiver
) -> None:
    await subscribed(post, receiver)
    await refused(post, receiver, 410)
    post.sink.recipient_replies = ["451 4.3.0 later", "550 5.1.1 nobody"]
    await post.warn_owners()
    (warning,) = await post.rows("webhook_warning")
    assert (warning["state"], warning["last_reply"]) == ("pending", "451 4.3.0")
    await post.due_now("webhook_warning")
    await post.warn_owners()
    await post.due_now("webhook_warning")
    await post.warn_owners()
    (warning,) = await post.rows("webhook_warning")
    assert (warning["state"], warning["last_reply"], post.sink.mails()) == ("failed", "550 5.1.1", [])


async def test_a_mail_in_the_hands_of_a_worker_that_died_is_the_next_ones(post: Post, receiver: Receiver) -> None:
    await subscribed(post, receiver)
    await refused(post, receiver, 410)
    await post.pool.execute(
        "UPDATE webhook_warning SET state = 'sending', claim = gen_random_uuid(), due_at = now() + interval '5 s'"
    )
    await post.warn_owners()
    assert post.sink.mails() == []
    await post.due_now("webhook_warning")
    await post.warn_owners()
    assert len(post.sink.mails()) == 1


async def test_a_change_takes_what_is_named_and_leaves_the_rest(post: Post, receiver: Receiver) -> None:
    system, path = await subscribed(post, receiver, areas=["centre"])
    before = (await post.get(system, path)).json()
    with receiver_server() as other:
        wanted = {"url": f"{other.url}/new", "event_types": [f"{REQUESTS}taken.v1"], "areas": None}
        answer = await change(post, system, path, wanted)
        assert answer.json() == before | wanted
        assert (await post.get(system, path)).json() == answer.json()
        for name in ("resolved", "taken"):
            await post.hear(event(name, area="nord"))
        await post.call_webhooks()
        assert [call.path for call in other.calls] == ["/new"]
    assert receiver.calls == []
    gone = await change(post, system, path, {"contact_email": None, "description": None}, version=2)
    assert (gone.json()["contact_email"], gone.json()["description"]) == (None, None)
    (row,) = await post.rows("webhook_subscription")
    assert row["contact_email"] is None


async def test_what_the_former_address_answers_says_nothing_of_the_new_one(post: Post, receiver: Receiver) -> None:
    system, path = await subscribed(post, receiver)
    await post.hear(event("resolved"))
    calls, sender = post.webhooks()
    async with calls:
        (due,) = await sender._deliveries.due([], 1, failing=1)  # noqa: SLF001 - a worker that was slower than the owner
        with receiver_server() as other:
            assert (await change(post, system, path, {"url": other.url})).status_code == 200
            receiver.reply = lambda _: (410, {}, b"")
            await sender.serve(due)
    assert (await post.get(system, path)).json()["state"] == "active"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"url": None}, "/url"),
        ({"url": "http://8.8.8.8/"}, "/url"),
        ({"event_types": []}, "/event_types"),
        ({"state": "disabled"}, "/state"),
        ({"state": None}, "/state"),
        ({"secret": "whsec_mine"}, "/secret"),
        ({"contact_email": "nobody"}, "/contact_email"),
        ({"contact_email": "a,b@voirie.example"}, "/contact_email"),
    ],
)
async def test_a_change_that_is_not_as_agreed_is_refused(
    post: Post, receiver: Receiver, body: dict[str, Any], pointer: str
) -> None:
    system, path = await subscribed(post, receiver)
    answer = await change(post, system, path, body)
    assert (answer.status_code, [error["pointer"] for error in answer.json()["errors"]]) == (422, [pointer])
    assert (await post.get(system, path)).headers["etag"] == '"1"'


async def test_a_change_needs_the_version_that_was_seen_and_is_its_own_systems(post: Post, receiver: Receiver) -> None:
    system, path = await subscribed(post, receiver)
    wanted = {"description": "Mine"}
    assert (await change(post, system, path, wanted, version=7)).status_code == 412
    assert (await change(post, system, path, wanted, kind="json")).status_code == 415
    headers = system.headers | {"Content-Type": "application/merge-patch+json"}
    assert (await post.client.patch(path, content="{}", headers=headers)).status_code == 428
    for stranger in (post.service.system("lutece"), post.service.system(client_id="autre")):
        assert (await change(post, stranger, path, wanted)).status_code == 404
    lesser = post.service.system(scope="notifications.webhooks.read")
    assert (await change(post, lesser, path, wanted)).json()["code"] == "insufficient-scope"
    (row,) = await post.rows("webhook_subscription")
    assert (row["description"], CONTACT.encode() in row["contact_email"]) == ("Voirie", False)


async def test_an_address_that_cannot_be_written_to_is_refused_at_the_door(post: Post) -> None:
    refusal = await post.subscribe(post.service.system(), "https://voirie.example/", contact_email="a,b@voirie.example")
    assert (refusal.status_code, refusal.json()["errors"][0]["pointer"]) == (422, "/contact_email")
