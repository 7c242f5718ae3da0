# SPDX-License-Identifier: EUPL-1.2
"""A reply address is taken back, by whose it is or by an agent of their town: nothing comes by it any more."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from notifications_post import Post, merged
from notifications_replies import REPLIES, SENDER, answer, answerable, bring, received

from parvis_notifications.db import conversations
from parvis_notifications.service.reply_addresses import ReplyAddresses
from parvis_testing import Caller


async def revoke(post: Post, caller: Caller, request: str, key: str = "", **body: Any) -> httpx.Response:
    headers = caller.headers | {"Idempotency-Key": key or str(uuid4())}
    return await post.client.post(f"/v1/reply-addresses/{request}/revocations", json=body, headers=headers)


async def test_what_comes_to_a_revoked_address_is_refused_and_later_mails_bear_another(post: Post) -> None:
    reader = post.person(SENDER)
    first, request = await answerable(post, reader)
    await bring(post, first, answer(first))
    done = await revoke(post, reader, request)
    assert (done.status_code, done.json()["revoked"], done.json()["request_id"]) == (201, 1, request)
    assert (await bring(post, first, answer(first, Message_ID="<2@x>"))).startswith("550 5.2.1")
    # What a mail server brings again because it did not hear that it was taken is no reason to tell the sender.
    assert (await bring(post, first, answer(first))).startswith("250 2.0.0 Known")
    second, _ = await answerable(post, reader, request_id=request, sequence=2)
    assert second != first
    assert (await bring(post, second, answer(second, Message_ID="<3@x>"))).startswith("250 2.0.0 Kept")
    assert [(each["held"], each["request_id"]) for each in await received(post)] == [(None, request)] * 2
    assert (await revoke(post, reader, request)).status_code == 201
    for address in (first, second):
        assert (await bring(post, address, answer(address, Message_ID="<4@x>"))).startswith("550 5.2.1")
    third, _ = await answerable(post, reader, request_id=request, sequence=3)
    assert (await bring(post, third, answer(third, Message_ID="<5@x>"))).startswith("250 2.0.0 Kept")


async def test_a_mail_that_waits_bears_the_new_address(post: Post) -> None:
    reader = post.person(SENDER)
    first, request = await answerable(post, reader)
    await post.told(reader, "taken", request_id=request, sequence=2)
    await revoke(post, reader, request)
    await post.send_mails()
    waited = post.sink.mails()[-1]["Reply-To"].addresses[0].addr_spec
    assert len(post.sink.mails()) == 2
    assert waited != first
    assert (await bring(post, waited, answer(waited))).startswith("250 2.0.0 Kept")


async def test_however_often_somebody_revokes_some_rows_are_kept_and_each_address_is_refused(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversations, "_MOST_REVOKED", 2)
    reader = post.person(SENDER)
    first, request = await answerable(post, reader)
    addresses = ReplyAddresses(post.service.runtime.master, post.settings(reply_address=REPLIES))
    names = []
    for _ in range(5):
        assert (await revoke(post, reader, request)).status_code == 201
        names.append(await post.pool.fetchval("SELECT address FROM conversation"))
    (row,) = await post.pool.fetch("SELECT id, address FROM conversation")
    kept = {each["id"] for each in await post.pool.fetch("SELECT id FROM reply_address WHERE revoked_at IS NOT NULL")}
    assert kept == {row["id"], *names[2:4]}
    assert (await bring(post, first, answer(first))).startswith("550 5.2.1")
    forgotten = addresses.of(names[0]) or ""
    assert (await bring(post, forgotten, answer(forgotten))).startswith("550 5.1.6")
    present = addresses.of(row["address"]) or ""
    assert (await bring(post, present, answer(present, Message_ID="<2@x>"))).startswith("250")


async def test_the_same_call_again_revokes_once(post: Post) -> None:
    reader = post.person(SENDER)
    _, request = await answerable(post, reader)
    await revoke(post, reader, request, "once")
    second, _ = await answerable(post, reader, request_id=request, sequence=2)
    again = await revoke(post, reader, request, "once")
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (201, "true")
    assert (await bring(post, second, answer(second))).startswith("250 2.0.0 Kept")


async def test_people_revoke_theirs_alone_and_agents_those_of_their_town(post: Post) -> None:
    reader, other = post.person(SENDER), post.person("dominique@example.org")
    request = str(uuid4())
    theirs, _ = await answerable(post, reader, request_id=request)
    others, _ = await answerable(post, other, request_id=request, sequence=2)
    elsewhere = post.service.agent(collectivity="noirmoutier")
    stranger = post.person("sacha@example.org")
    refused = [
        await revoke(post, elsewhere, request),
        await revoke(post, stranger, request),
        await revoke(post, other, request, person=str(reader.subject)),
        await revoke(post, post.service.agent(), str(uuid4())),
        await revoke(post, post.service.agent(), request, person=str(stranger.subject)),
    ]
    assert {each.status_code for each in refused} == {404}
    assert (await revoke(post, post.service.system(), request)).status_code == 403
    assert (await revoke(post, post.service.agent(scope="notifications.messages.write"), request)).status_code == 403
    agent = post.service.agent()
    assert (await revoke(post, agent, request, person=str(reader.subject))).json()["revoked"] == 1
    assert (await bring(post, theirs, answer(theirs))).startswith("550 5.2.1")
    assert (await bring(post, others, answer(others, sender="dominique@example.org"))).startswith("250 2.0.0 Kept")
    assert (await revoke(post, agent, request)).json()["revoked"] == 2
    assert (await bring(post, others, answer(others, Message_ID="<2@x>"))).startswith("550 5.2.1")
    by = await post.pool.fetch("SELECT DISTINCT revoked_by FROM reply_address WHERE revoked_at IS NOT NULL")
    assert [row["revoked_by"] for row in by] == [UUID(str(agent.subject))]


async def test_the_address_of_an_account_that_became_theirs_is_theirs_to_revoke(post: Post) -> None:
    reader, kept = post.person(SENDER), post.person("camille@neuf.example")
    request = str(uuid4())
    first, _ = await answerable(post, reader, request_id=request)
    await answerable(post, kept, request_id=request, sequence=2)
    await post.hear(merged(reader, kept))
    assert (await revoke(post, kept, request)).json()["revoked"] == 2
    assert (await bring(post, first, answer(first))).startswith("550 5.2.1")


async def test_agents_revoke_those_of_requests_that_they_read_and_people_theirs_while_requests_is_away(
    post: Post,
) -> None:
    reader, outside, inside = post.person(SENDER), post.service.agent(), post.service.agent()
    _, request = await answerable(post, reader)
    post.owners.circles[request] = {inside.subject}
    assert (await revoke(post, outside, request)).status_code == 404
    assert (await revoke(post, inside, request, "once")).json()["revoked"] == 1
    post.owners.down = True
    away = await revoke(post, inside, request)
    assert (away.status_code, away.headers["retry-after"]) == (503, "5")
    assert await post.pool.fetchval("SELECT count(*) FROM reply_address WHERE revoked_at IS NOT NULL") == 1
    assert (await revoke(post, reader, request)).json()["revoked"] == 1
