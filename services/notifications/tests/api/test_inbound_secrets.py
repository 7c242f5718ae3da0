# SPDX-License-Identifier: EUPL-1.2
"""Secrets of a town's operators: administrators make, change and revoke them, and none is shown twice."""

import json
import time
from base64 import b64decode
from typing import Any
from uuid import uuid4

import httpx
import pytest
from notifications_post import Post

from parvis_notifications.outgoing.webhook_keys import signatures
from parvis_notifications.service import inbound_secrets
from parvis_testing import Caller

PATH = "/v1/inbound-secrets"
TEXT = {"sender": "+33612345678", "text": "Le lampadaire est éteint."}


async def send(post: Post, caller: Caller, path: str, key: str = "", **body: Any) -> httpx.Response:
    headers = caller.headers | {"Idempotency-Key": key or str(uuid4())}
    return await post.client.post(PATH + path, json=body, headers=headers)


async def made(post: Post, caller: Caller) -> dict[str, Any]:
    answer = await send(post, caller, "", label="Opérateur")
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def bring(post: Post, secret: str, town: str = "paris") -> int:
    content, at, name = json.dumps(TEXT).encode(), int(time.time()), f"msg_{uuid4()}"
    headers = {
        "Content-Type": "application/json",
        "webhook-id": name,
        "webhook-timestamp": str(at),
        "webhook-signature": signatures([b64decode(secret.removeprefix("whsec_"))], name, at, content),
    }
    answer = await post.client.post(f"/v1/collectivities/{town}/inbound-texts", content=content, headers=headers)
    return answer.status_code


async def test_what_a_made_secret_signs_is_taken_for_its_town_alone(post: Post) -> None:
    agent = post.service.agent()
    one = await made(post, agent)
    assert one["last_used_at"] is None
    assert await bring(post, one["secret"]) == 204
    assert await bring(post, one["secret"], "lutece") == 401
    listed = (await post.client.get(f"{PATH}/{one['id']}", headers=agent.headers)).json()
    assert listed["last_used_at"] is not None


async def test_a_secret_is_shown_once_and_lies_sealed(post: Post, capfd: pytest.CaptureFixture[str]) -> None:
    agent = post.service.agent()
    one = await made(post, agent)
    shown = [await post.client.get(path, headers=agent.headers) for path in (PATH, f"{PATH}/{one['id']}")]
    assert [answer.status_code for answer in shown] == [200, 200]
    assert {name: one[name] for name in one if name != "secret"} == shown[1].json() == shown[0].json()["items"][0]
    stored = b64decode(one["secret"].removeprefix("whsec_"))
    for table in ("inbound_secret", "idempotency_record"):
        rows = await post.pool.fetch(f"SELECT * FROM {table}")
        assert rows
        for value in (each for row in rows for each in row.values() if isinstance(each, bytes)):
            assert stored not in value
            assert one["secret"].encode() not in value
    assert one["secret"] not in capfd.readouterr().out


async def test_a_rotated_secret_and_its_former_one_are_both_good_for_a_while(post: Post) -> None:
    agent = post.service.agent()
    one = await made(post, agent)
    two = (await send(post, agent, f"/{one['id']}/keys", overlap_hours=1)).json()
    assert (two["id"], two["secret"] == one["secret"]) == (one["id"], False)
    assert [await bring(post, each["secret"]) for each in (one, two)] == [204, 204]
    await post.pool.execute("UPDATE inbound_secret SET former_ends_at = now() - interval '1 second'")
    assert [await bring(post, each["secret"]) for each in (one, two)] == [401, 204]
    three = (await send(post, agent, f"/{one['id']}/keys", overlap_hours=0)).json()
    assert three["former_ends_at"] is None
    assert [await bring(post, each["secret"]) for each in (two, three)] == [401, 204]


async def test_a_revoked_secret_is_good_for_nothing_and_nothing_is_left_of_it(post: Post) -> None:
    agent = post.service.agent()
    one = await made(post, agent)
    two = (await send(post, agent, f"/{one['id']}/keys")).json()
    place = f"{PATH}/{one['id']}"
    stale = await post.client.delete(place, headers=agent.headers | {"If-Match": '"1"'})
    assert stale.status_code == 412
    gone = await post.client.delete(place, headers=agent.headers | {"If-Match": '"2"'})
    assert gone.status_code == 204
    assert [await bring(post, each["secret"]) for each in (one, two)] == [401, 401]
    left = await post.pool.fetchrow("SELECT secret, former_secret FROM inbound_secret")
    assert dict(left) == {"secret": None, "former_secret": None}
    again = [
        await send(post, agent, f"/{one['id']}/keys"),
        await post.client.delete(place, headers=agent.headers | {"If-Match": '"3"'}),
    ]
    assert [answer.status_code for answer in again] == [404, 404]
    listed = (await post.client.get(PATH, headers=agent.headers)).json()["items"]
    assert [each["revoked_at"] is None for each in listed] == [False]


async def test_they_are_for_agents_of_the_town_with_the_scope_and_are_bounded(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent = post.service.agent()
    one = await made(post, agent)
    elsewhere = post.service.agent(collectivity="noirmoutier")
    for caller, status in (
        (elsewhere, 404),
        (post.person(), 403),
        (post.service.system(), 403),
        (post.service.agent(scope="notifications.keys.read"), 403),
    ):
        assert (await send(post, caller, f"/{one['id']}/keys")).status_code == status
    assert (await post.client.get(PATH, headers=elsewhere.headers)).json()["items"] == []
    monkeypatch.setattr(inbound_secrets, "SECRET_LIMIT", 1)
    assert (await send(post, agent, "", label="Un autre")).status_code == 409
    await post.client.delete(f"{PATH}/{one['id']}", headers=agent.headers | {"If-Match": '"1"'})
    assert (await send(post, agent, "", label="Un autre")).status_code == 201
