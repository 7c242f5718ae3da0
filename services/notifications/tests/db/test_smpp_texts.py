# SPDX-License-Identifier: EUPL-1.2
"""What people write over SMPP: taken once it is kept, in whichever alphabet, and done as it says."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from notifications_operator import NUMBER, SMS, Operator, operator_of
from notifications_post import Post

from parvis_notifications.outgoing.smpp_text import Written
from parvis_notifications.service.hear_texts import HearTexts
from parvis_notifications.service.receive_hooks import ReceiveHooks


@pytest.fixture
async def operator(post: Post) -> AsyncIterator[Operator]:
    async with operator_of(post) as made:
        yield made


@pytest.mark.parametrize(
    ("content", "coding", "kind", "words"),
    [
        (b"STOP", 0, 0, "STOP"),
        ("Arr\u00eat".encode("utf-16-be"), 8, 0, "Arr\u00eat"),
        ("D\u00e9j\u00e0 l\u00e0".encode("latin-1"), 3, 0, "D\u00e9j\u00e0 l\u00e0"),
        (b"\x05\x00\x03\x07\x02\x01o\x1b\x65\x05", 0, 0x40, "o\u20ac\u00e9"),
    ],
)
async def test_what_people_write_is_taken_once_it_is_kept(
    operator: Operator, content: bytes, coding: int, kind: int, words: str
) -> None:
    heard: list[tuple[str, Written]] = []

    async def hear(provider: str, written: Written) -> bool:
        heard.append((provider, written))
        if len(heard) == 1:
            raise ConnectionError
        return written.to == "36105"

    account = operator.account(hear=hear)
    await account.submit(SMS)
    for to in ("36105", "36105", "+33700000001"):
        operator.smsc.write(NUMBER, to, content, coding=coding, kind=kind)
    for _ in range(200):
        if len(operator.smsc.answers) == 3:
            break
        await asyncio.sleep(0.02)
    assert operator.smsc.answers == [0x64, 0, 0x65]
    assert heard[1] == ("operator", Written(NUMBER, "36105", words))


async def test_a_stop_over_smpp_ends_what_the_town_sends_to_that_number(operator: Operator) -> None:
    runtime = operator.post.service.runtime
    receive = ReceiveHooks(runtime.database, runtime.persons, runtime.blind_index, runtime.settings)
    account = operator.account(hear=HearTexts(receive, {"36105": "paris"}).take)
    await account.submit(SMS)
    operator.smsc.write(NUMBER, "36105", b"Stop svp")
    for _ in range(200):
        if operator.smsc.answers:
            break
        await asyncio.sleep(0.02)
    assert operator.smsc.answers == [0]
    row = await operator.post.pool.fetchrow("SELECT collectivity, application, words, way FROM text_stop")
    assert tuple(row) == ("paris", "", "Stop svp", "text")
