# SPDX-License-Identifier: EUPL-1.2
import asyncio
from base64 import b64decode
from typing import Any
from uuid import uuid4

import pytest
from notifications_post import REQUESTS, Post, event

from parvis_testing import Harness

PATH = "/v1/webhook-subscriptions"
URL = "https://voirie.example/parvis"


async def test_the_secret_is_shown_once_and_sealed_at_rest(post: Post) -> None:
    system = post.service.system()
    made = await post.subscribe(system, URL, description="Voirie")
    assert made.status_code == 201
    body = made.json()
    secret = b64decode(body["secret"].removeprefix("whsec_"))
    assert len(secret) == 32
    assert made.headers["location"] == f"http://localhost:8080{PATH}/{body['id']}"
    read = await post.get(system, f"{PATH}/{body['id']}")
    assert read.json() == {key: value for key, value in body.items() if key != "secret"}
    assert (await post.get(system, PATH)).json()["items"] == [read.json()]
    (row,) = await post.rows("webhook_subscription")
    assert secret not in row["secret"]


async def test_sent_again_it_is_the_same_subscription_with_the_same_secret(post: Post) -> None:
    system = post.service.system()
    first = await post.subscribe(system, URL, key="k")
    second = await post.subscribe(system, URL, key="k")
    assert (second.status_code, second.json()) == (201, first.json())
    assert second.headers["idempotency-replayed"] == "true"
    other = await post.subscribe(system, "https://autre.example/", key="k")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    assert len(await post.rows("webhook_subscription")) == 1


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("voirie", "not-a-url"),
        ("https:///x", "not-a-url"),
        ("https://voirie.example:99999/", "not-a-url"),
        ("https://voirie.example/a b", "not-a-url"),
        ("https://éveillée.example/", "not-a-url"),
        ("https://a\\@b.example/", "not-a-url"),
        ("ftp://voirie.example/", "https-required"),
        ("file:///etc/passwd", "not-a-url"),
        ("https://user:pw@voirie.example/", "user-or-fragment"),
        ("https://voirie.example/#x", "user-or-fragment"),
        ("https://10.0.0.1/", "address-refused"),
        ("https://169.254.169.254/latest/meta-data", "address-refused"),
        ("https://[::1]/", "address-refused"),
        ("https://[::ffff:10.0.0.1]/", "address-refused"),
        ("http://8.8.8.8/", "address-refused"),
    ],
)
async def test_an_address_that_is_none_or_lies_inside_is_refused(post: Post, url: str, reason: str) -> None:
    answer = await post.subscribe(post.service.system(), url)
    assert answer.status_code == 422
    assert answer.json()["code"] == "webhook-url-refused"
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [("/url", reason)]
    assert await post.rows("webhook_subscription") == []
    assert await post.pool.fetchval("SELECT count(*) FROM idempotency_record") == 0


@pytest.mark.parametrize(
    "change",
    [
        {"event_types": []},
        {"event_types": ["fr.parvis.identity.person-registered.v1"]},
        {"url": ""},
        {"url": "https://a.example/" + "x" * 2_000},
        {"secret": "whsec_mine"},
        {"description": "x" * 201},
    ],
)
async def test_a_wish_that_is_not_as_agreed_is_refused(post: Post, change: dict[str, Any]) -> None:
    body = {"url": URL, "event_types": [f"{REQUESTS}resolved.v1"]} | change
    headers = post.service.system().headers | {"Idempotency-Key": post.key()}
    answer = await post.client.post(PATH, json=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "validation-failed")


async def test_a_client_has_so_many_subscriptions_and_no_more_even_at_once(post: Post) -> None:
    system = post.service.system()
    limit = post.service.runtime.settings.webhook_limit
    answers = await asyncio.gather(*(post.subscribe(system, URL) for _ in range(limit + 3)))
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [201] * limit + [409] * 3
    assert (await post.subscribe(post.service.system(client_id="autre"), URL)).status_code == 201


async def test_deleting_needs_the_version_that_was_seen_and_takes_the_log_along(post: Post) -> None:
    system = post.service.system()
    made = await post.subscribe(system, URL)
    path = f"{PATH}/{made.json()['id']}"
    await post.hear(event("resolved"))
    assert len((await post.get(system, f"{path}/deliveries")).json()["items"]) == 1
    assert (await post.client.delete(path, headers=system.headers)).status_code == 428
    stale = await post.client.delete(path, headers=system.headers | {"If-Match": '"7"'})
    assert stale.status_code == 412
    gone = await post.client.delete(path, headers=system.headers | {"If-Match": made.headers["etag"]})
    assert (gone.status_code, gone.content) == (204, b"")
    assert (await post.get(system, path)).status_code == 404
    assert await post.rows("webhook_delivery") == []


async def test_a_subscription_is_seen_by_its_own_system_in_its_own_collectivity_alone(
    post: Post, service: Harness
) -> None:
    system = service.system()
    made = await post.subscribe(system, URL)
    path = f"{PATH}/{made.json()['id']}"
    await post.hear(event("resolved"))
    for stranger in (service.system("lutece"), service.system(client_id="autre")):
        for place in (path, f"{path}/deliveries"):
            assert (await post.get(stranger, place)).status_code == 404
        assert (await post.get(stranger, PATH)).json()["items"] == []
        gone = await post.client.delete(path, headers=stranger.headers | {"If-Match": '"1"'})
        assert gone.status_code == 404
    for person in (service.citizen(), service.agent()):
        assert (await post.get(person, PATH)).status_code == 403
        assert (await post.subscribe(person, URL)).status_code == 403
    assert (await post.get(system, path)).status_code == 200
    assert (await post.get(system, f"{PATH}/{uuid4()}")).status_code == 404


async def test_an_unchanged_subscription_is_not_sent_again(post: Post) -> None:
    system = post.service.system()
    made = await post.subscribe(system, URL)
    path = f"{PATH}/{made.json()['id']}"
    assert (await post.get(system, path, **{"If-None-Match": made.headers["etag"]})).status_code == 304


async def test_the_lists_are_read_page_by_page(post: Post) -> None:
    system = post.service.system()
    made = [(await post.subscribe(system, URL)).json()["id"] for _ in range(3)]
    page = await post.get(system, f"{PATH}?limit=2")
    rest = await post.get(system, page.links["next"]["url"])
    assert [item["id"] for item in page.json()["items"] + rest.json()["items"]] == made[::-1]
