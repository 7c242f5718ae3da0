# SPDX-License-Identifier: EUPL-1.2
"""What waits to be taken: what answers a message first, for days if need be, and nobody waits for it."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from conversing import messages
from received import Post, file, message, taken_request
from requests_town import Town, photo

from parvis_requests.service import upload_attachment


@pytest.fixture
def post(town: Town) -> Post:
    return Post(town)


async def test_nobody_waits_for_a_request_while_its_photos_are_looked_at(
    town: Town, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    author, agent = town.service.citizen(), town.service.agent()
    request = await taken_request(town, author, agent)
    await post.comes(post.reply(request, author, files=(file("photo.jpg", photo()),)))
    pool, looked, seen = town.service.runtime.database.pool, vars(upload_attachment)["_image"], []

    async def looking(content: bytes) -> Any:
        seen.append(await pool.fetchval("SELECT id FROM request WHERE id = $1 FOR UPDATE NOWAIT", UUID(request["id"])))
        return await looked(content)

    monkeypatch.setattr(upload_attachment, "_image", looking)
    assert await post.take() == 1
    assert len((await messages(town, agent, request))[0]["attachments"]) == len(seen) == 1


async def test_while_notifications_is_away_it_waits(town: Town, post: Post) -> None:
    author, agent = town.service.citizen(), town.service.agent()
    request = await taken_request(town, author, agent)
    await post.comes(post.reply(request, author))
    post.holder.down = True
    assert await post.take() == 0
    post.holder.down, post.holder.deaf = False, True
    assert await post.again() == 0
    assert len(await messages(town, agent, request)) == 1
    post.holder.deaf = False
    assert await post.again() == 1
    assert len(post.holder.fetched) == 1
    assert len(await messages(town, agent, request)) == 1


async def test_what_is_not_found_is_asked_for_again_for_days(town: Town, post: Post) -> None:
    author, agent = town.service.citizen(), town.service.agent()
    request = await taken_request(town, author, agent)
    lost, gone = [await post.comes(post.reply(request, author)) for _ in range(2)]
    held = {id_: post.holder.messages.pop(id_) for id_ in (lost, gone)}
    assert await post.take() == 0
    post.holder.messages[lost] = held[lost]
    assert await post.again() == 1
    assert len(await messages(town, agent, request)) == 1
    await town.service.runtime.database.pool.execute("UPDATE received_message SET due_at = now()")
    assert await post.take(lambda: datetime.now(UTC) + timedelta(days=8)) == 1
    assert await post.again() == 0
    assert post.holder.destroyed == [lost]


async def test_an_answer_is_taken_before_what_strangers_write(town: Town, post: Post) -> None:
    author, agent = town.service.citizen(), town.service.agent()
    request = await taken_request(town, author, agent)
    strangers = [await post.comes(message(held="direct")) for _ in range(3)]
    reply = await post.comes(post.reply(request, author))
    assert await post.take() == 4
    assert post.holder.fetched == [reply, *strangers]
