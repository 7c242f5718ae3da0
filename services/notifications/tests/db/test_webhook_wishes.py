# SPDX-License-Identifier: EUPL-1.2
"""What a subscription lets pass, and the keys that its calls are signed with."""

import json
from base64 import b64decode
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from notifications_post import REQUESTS, Post, event, example
from notifications_servers import Call, Receiver
from standardwebhooks import Webhook, WebhookVerificationError

from parvis_kit.messaging.events import Event
from parvis_notifications.domain.webhook import PublicEvent
from parvis_testing import Caller

PATH = "/v1/webhook-subscriptions"


async def subscribed(post: Post, receiver: Receiver, *types: str, **more: Any) -> tuple[Caller, dict[str, Any]]:
    system = post.service.system(client_id=more.pop("client_id", "demo-roadworks"))
    made = await post.subscribe(system, f"{receiver.url}/events", *types, **more)
    assert made.status_code == 201, made.text
    body: dict[str, Any] = made.json()
    return system, body


async def rotated(post: Post, system: Caller, subscription: dict[str, Any], hours: int) -> dict[str, Any]:
    path, headers = f"{PATH}/{subscription['id']}/keys", system.headers | {"Idempotency-Key": post.key()}
    made = await post.client.post(path, json={"overlap_hours": hours}, headers=headers)
    assert made.status_code == 201, made.text
    body: dict[str, Any] = made.json()
    assert (await post.get(system, f"{PATH}/{subscription['id']}")).headers["etag"] == made.headers["etag"]
    return body


def data(call: Call) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(call.body)["data"]
    return told


async def test_only_what_the_filters_let_pass_is_sent(post: Post, receiver: Receiver) -> None:
    _, shown = await subscribed(
        post, receiver, f"{REQUESTS}resolved.v1", request_types=["pothole", "graffiti", "pothole"], areas=["centre"]
    )
    assert (shown["request_types"], shown["areas"]) == (["graffiti", "pothole"], ["centre"])
    for type_, area in (
        ("pothole", "centre"), ("graffiti", "centre"), ("pothole", "nord"), ("lamp", "centre"), ("pothole", None)
    ):  # fmt: skip
        await post.hear(event("resolved", request_type=type_, area=area))
    await post.hear(event("taken", request_type="pothole", area="centre"))
    await post.call_webhooks()
    passed = {(data(call)["request_type"], data(call)["area"]) for call in receiver.calls}
    assert passed == {("pothole", "centre"), ("graffiti", "centre")}
    assert len(receiver.calls) == 2


async def test_an_event_about_no_request_passes_only_where_no_filter_is(post: Post, receiver: Receiver) -> None:
    opened = "fr.parvis.participation.consultation-opened.v1"
    await subscribed(post, receiver, opened, areas=["centre"])
    _, all_of_them = await subscribed(post, receiver, opened, client_id="b")
    told = event("resolved")
    about = {"type": opened, "source": "/parvis/participation", "data": example(opened)}
    await post.hear(Event(**{name: getattr(told, name) for name in told.__slots__} | about))
    await post.call_webhooks()
    (call,) = receiver.calls
    Webhook(all_of_them["secret"]).verify(call.body, call.headers)


@pytest.mark.parametrize("change", [{"request_types": []}, {"areas": ["Centre"]}, {"areas": ["x" * 65]}])
async def test_a_filter_that_could_never_let_anything_pass_is_refused(post: Post, change: dict[str, Any]) -> None:
    refused = await post.subscribe(post.service.system(), "https://voirie.example/", **change)
    assert (refused.status_code, refused.json()["code"]) == (422, "validation-failed")


async def test_every_public_event_can_be_subscribed_to_and_asked_for(post: Post, receiver: Receiver) -> None:
    system, _ = await subscribed(post, receiver, *PublicEvent)
    for type_ in PublicEvent:
        told = event("resolved")
        about = {"type": str(type_), "data": example(type_)}
        await post.hear(Event(**{name: getattr(told, name) for name in told.__slots__} | about))
    await post.call_webhooks()
    sent = [json.loads(call.body) for call in receiver.calls]
    assert sorted(each["type"] for each in sent) == sorted(PublicEvent)
    asked = (await post.get(system, "/v1/events?limit=100")).json()["items"]
    assert [each["type"] for each in asked] == list(PublicEvent)
    for type_ in PublicEvent:
        (only,) = (await post.get(system, f"/v1/events?type={type_}")).json()["items"]
        assert (only["type"], only["data"]) == (type_, example(type_))


async def test_a_receiver_may_check_with_the_public_key_alone(post: Post, receiver: Receiver) -> None:
    _, subscription = await subscribed(post, receiver)
    await post.hear(event("resolved"))
    await post.call_webhooks()
    (call,) = receiver.calls
    public = Ed25519PublicKey.from_public_bytes(b64decode(subscription["public_key"].removeprefix("whpk_")))
    signed = f"{call.headers['webhook-id']}.{call.headers['webhook-timestamp']}.".encode() + call.body
    (made,) = [text for text in call.headers["webhook-signature"].split(" ") if text.startswith("v1a,")]
    public.verify(b64decode(made.removeprefix("v1a,")), signed)


async def test_new_keys_and_the_former_ones_sign_together_for_as_long_as_was_wished(
    post: Post, receiver: Receiver
) -> None:
    system, first = await subscribed(post, receiver)
    second = await rotated(post, system, first, 48)
    assert second["secret"] != first["secret"]
    assert second["public_key"] != first["public_key"]
    assert second["former_keys_end_at"] is not None
    await post.hear(event("resolved"))
    await post.call_webhooks()
    (call,) = receiver.calls
    for secret in (first["secret"], second["secret"]):
        Webhook(secret).verify(call.body, call.headers)
    await post.pool.execute("UPDATE webhook_subscription SET previous_secret_until = now()")
    await post.hear(event("resolved"))
    await post.call_webhooks()
    later = receiver.calls[1]
    Webhook(second["secret"]).verify(later.body, later.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(first["secret"]).verify(later.body, later.headers)


async def test_keys_that_were_stolen_end_at_once(post: Post, receiver: Receiver) -> None:
    system, first = await subscribed(post, receiver)
    second = await rotated(post, system, first, 0)
    assert second["former_keys_end_at"] is None
    (row,) = await post.rows("webhook_subscription")
    assert row["previous_secret"] is None
    assert b64decode(second["secret"].removeprefix("whsec_")) not in row["secret"]
    await post.hear(event("resolved"))
    await post.call_webhooks()
    (call,) = receiver.calls
    with pytest.raises(WebhookVerificationError):
        Webhook(first["secret"]).verify(call.body, call.headers)


async def test_new_keys_asked_for_again_are_the_same_and_a_strangers_are_nobodys(
    post: Post, receiver: Receiver
) -> None:
    system, first = await subscribed(post, receiver)
    path = f"{PATH}/{first['id']}/keys"
    once, again = [
        await post.client.post(path, json={}, headers=system.headers | {"Idempotency-Key": "k"}) for _ in range(2)
    ]
    assert once.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
    for stranger in (post.service.system("lutece"), post.service.system(client_id="autre")):
        refused = await post.client.post(path, json={}, headers=stranger.headers | {"Idempotency-Key": "k"})
        assert refused.status_code == 404
