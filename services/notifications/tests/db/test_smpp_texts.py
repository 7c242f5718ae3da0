# SPDX-License-Identifier: EUPL-1.2
"""What people write over SMPP: taken once it is kept, in whichever alphabet, and done as it says."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from notifications_operator import NUMBER, SMS, Operator, hearing, operator_of, sar
from notifications_post import Post, eventually

from parvis_notifications.domain.topic import Channel
from parvis_notifications.domain.torn_text import Part
from parvis_notifications.outgoing.smpp_pdu import Delivered
from parvis_notifications.outgoing.smpp_text import Written, read_written
from parvis_notifications.service.hear_texts import Sure
from parvis_notifications.service.recipients import number_told
from parvis_notifications.service.subscribe_alone import address_mark


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

    async def nothing() -> None:
        """It was brought once."""

    async def hear(provider: str, written: Written, _: UUID) -> Sure | None:
        heard.append((provider, written))
        if len(heard) == 1:
            raise ConnectionError
        return nothing if written.to == "36105" else None

    account = operator.account(hear=hear)
    await account.submit(SMS)
    for to in ("36105", "36105", "+33700000001"):
        operator.smsc.write(NUMBER, to, content, coding=coding, kind=kind)
    await eventually(lambda: len(operator.smsc.answers) == 3)
    assert operator.smsc.answers == [0x64, 0, 0x65]
    assert heard[1] == ("operator", Written(NUMBER, "36105", words, Part(7, 2, 1) if kind else None))


@pytest.mark.parametrize("sender", ["+33612345678", "33612345678", "0612345678"])
async def test_a_stop_over_smpp_ends_what_the_town_sends_to_that_number(operator: Operator, sender: str) -> None:
    runtime = operator.post.service.runtime
    account = operator.account(hear=hearing(operator.post).take)
    await account.submit(SMS)
    operator.smsc.write(sender, "36105", b"Stop svp")
    await eventually(lambda: bool(operator.smsc.answers))
    assert operator.smsc.answers == [0]
    row = await operator.post.pool.fetchrow("SELECT collectivity, application, words, way, mark FROM text_stop")
    mark = address_mark(runtime.blind_index, Channel.SMS, "+33612345678")
    assert tuple(row) == ("paris", "", "Stop svp", "text", mark)


@pytest.mark.parametrize(
    ("told", "kind", "number"),
    [
        ("33612345678", 1, "+33612345678"),
        ("33612345678", 0, "+33612345678"),
        ("0612345678", 2, "+33612345678"),
        ("612345678", 2, "+33612345678"),
        ("0033612345678", 1, "+33612345678"),
        ("4915123456789", 0, "+4915123456789"),
        ("376312345", 0, "+376312345"),
        ("36105", 3, "36105"),
        ("36105123", 3, "36105123"),
        ("La Poste", 5, "La Poste"),
    ],
)
def test_a_number_is_the_same_whatever_an_operator_calls_it(told: str, kind: int, number: str) -> None:
    written = read_written(Delivered(told, 0, b"STOP", {}, kind, "36105", 0))
    assert written is not None
    assert number_told(written.sender) == number


@pytest.mark.parametrize(
    ("head", "kind", "options", "part"),
    [
        (b"", 0, {}, None),
        (b"\x05\x00\x03\x07\x02\x02", 0x40, {}, Part(7, 2, 2)),
        (b"\x06\x08\x04\x01\x07\x03\x03", 0x40, {}, Part(0x107, 3, 3)),
        (b"\x08\x24\x01\x02\x00\x03\x07\x02\x01", 0x40, {}, Part(7, 2, 1)),
        (b"\x05\x00\x03\x07\x01\x01", 0x40, {}, None),
        (b"\x05\x00\x03\x07\x02\x03", 0x40, {}, None),
        (b"\x05\x00\x03\x07\x02\x00", 0x40, {}, None),
        (b"", 0, sar(b"\x01\x07", 2, 2), Part(0x107, 2, 2)),
        (b"", 0, sar(b"\x01\x07", 1, 1), None),
        (b"", 0, sar(b"\x01\x07", 2, 3), None),
    ],
)
async def test_the_last_part_of_a_longer_text_is_no_stop(
    post: Post, head: bytes, kind: int, options: dict[int, bytes], part: Part | None
) -> None:
    written = read_written(Delivered("33612345678", kind, head + b"stop", options, 1, "36105", 0))
    assert written is not None
    assert written.part == part
    assert await hearing(post).take("operator", written, uuid4()) is not None
    assert await post.pool.fetchval("SELECT count(*) FROM text_stop") == (part is None)
