# SPDX-License-Identifier: EUPL-1.2
"""Files of messages are bounded while they come in, and take no more memory than what is used of them."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import httpx
import pytest
from notifications_post import Post
from notifications_senders import Office

from parvis_files.route import Uploads
from parvis_notifications.domain.sending_file import rows
from parvis_notifications.main import public_app

MIB = 1 << 20
HEADER = b"to,numero\n"


async def handed_in(post: Post, uploads: Uploads, body: AsyncIterator[bytes]) -> httpx.Response:
    office = Office(post)
    template, key = await office.desk.published(), await office.key()
    app = public_app(post.service.runtime)
    app.state.parts = replace(app.state.parts, uploads=uploads)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "text/csv", "Idempotency-Key": post.key()}
    query = {"channel": "email", "template_id": template}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
        return await client.post("/v1/sending-jobs", params=query, content=body, headers=headers)


async def slow() -> AsyncIterator[bytes]:
    yield HEADER
    await asyncio.sleep(30)


async def large() -> AsyncIterator[bytes]:
    for _ in range(2):
        yield b"x" * MIB


@pytest.mark.parametrize(("mib", "seconds", "body"), [(32, 0.05, slow), (1, 60, large)], ids=["slow", "large"])
async def test_a_file_that_comes_too_slowly_or_finds_no_room_is_refused_for_the_moment(
    post: Post, mib: int, seconds: float, body: Callable[[], AsyncIterator[bytes]]
) -> None:
    answer = await handed_in(post, Uploads(mib, seconds), body())
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5"), answer.text
    assert await post.pool.fetchval("SELECT count(*) FROM sending_job") == 0


def test_columns_that_nothing_uses_and_values_that_are_empty_take_no_memory() -> None:
    header = "to," + ",".join(f"c{number}" for number in range(2_000))
    content = (header + "\n" + ("zoe@example.org" + "," * 2_000 + "\n") * 300).encode()
    tracemalloc.start()
    try:
        read = list(rows(content, []))
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [row for _, row in read] == [{"to": "zoe@example.org"}] * 300
    assert held < MIB, "what is kept of a file of 600 kB"
