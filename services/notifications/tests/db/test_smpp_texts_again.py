# SPDX-License-Identifier: EUPL-1.2
"""What people write over SMPP and is brought twice, or in parts: it is one message, done once."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from notifications_operator import NUMBER, SMS, Operator, hearing, operator_of
from notifications_post import Post, eventually
from notifications_replies import received

from parvis_notifications.domain.torn_text import Part, joined
from parvis_notifications.outgoing.smpp_text import Written
from parvis_notifications.service.hear_texts import HearTexts, Sure
from parvis_notifications.service.receive_hooks import ReceiveHooks

LONG = ("Le nid-de-poule de la rue de la Paix est tou", "jours là \ud83d", "\ude21 et s'agrandit")
WHOLE = "Le nid-de-poule de la rue de la Paix est toujours là \U0001f621 et s'agrandit"


@pytest.fixture
async def operator(post: Post) -> AsyncIterator[Operator]:
    async with operator_of(post) as made:
        yield made


async def standing(post: Post) -> list[bool]:
    rows = await post.pool.fetch("SELECT lifted_at IS NULL AS holds FROM text_stop ORDER BY said_at")
    return [row["holds"] for row in rows]


async def say(post: Post, words: str, connection: UUID, *, sure: bool = False) -> None:
    done = await hearing(post).take("operator", Written(NUMBER, "36105", words), connection)
    assert done is not None
    if sure:
        await done()


async def bring(post: Post, number: int, *, connection: UUID, taken: HearTexts | None = None) -> Sure:
    written = Written(NUMBER, "36105", LONG[number - 1], Part(7, 3, number))
    done = await (taken or hearing(post)).take("operator", written, connection)
    assert done is not None
    return done


async def kept(post: Post) -> list[bytes | None]:
    return [row["content"] for row in await post.pool.fetch("SELECT content FROM heard_text")]


async def texts(post: Post) -> list[str]:
    return [each["text"] for each in await received(post)]


async def waited(post: Post, minutes: int) -> None:
    await post.pool.execute("UPDATE heard_text SET heard_at = heard_at - make_interval(mins => $1)", minutes)
    await hearing(post).give_up_waiting()


async def test_a_stop_that_is_brought_again_after_a_start_stops_nothing(post: Post) -> None:
    first, second = uuid4(), uuid4()
    await say(post, "STOP", first)
    await say(post, "START", first)
    assert await standing(post) == [False]
    await say(post, "STOP", second)
    assert await standing(post) == [False]


async def test_a_stop_that_is_said_again_stops_again_once_the_answer_to_the_first_is_there(post: Post) -> None:
    connection = uuid4()
    await say(post, "STOP", connection, sure=True)
    await say(post, "START", connection, sure=True)
    await say(post, "STOP", uuid4(), sure=True)
    assert await standing(post) == [False, True]
    assert await kept(post) == []


async def test_what_is_said_twice_over_one_connection_is_said_twice(post: Post) -> None:
    connection = uuid4()
    await say(post, "Merci", connection)
    await say(post, "Merci", connection)
    await say(post, "Merci", uuid4())
    assert await texts(post) == ["Merci", "Merci"]


async def test_an_operator_whose_answer_was_lost_brings_the_same(operator: Operator) -> None:
    real, heard = hearing(operator.post), list[UUID]()

    async def hear(provider: str, written: Written, connection: UUID) -> Sure | None:
        heard.append(connection)
        done = await real.take(provider, written, connection)
        if len(heard) == 1:
            operator.smsc.cut()
            await eventually(lambda: operator.smsc.bound() == 0)
        return done

    account = operator.account(hear=hear)
    await account.submit(SMS)
    operator.smsc.write(NUMBER, "36105", b"Bonjour")
    await eventually(lambda: operator.smsc.binds == 2)
    operator.smsc.write(NUMBER, "36105", b"Bonjour")
    await eventually(lambda: operator.smsc.answers == [0])
    assert len(set(heard)) == 2
    assert await texts(operator.post) == ["Bonjour"]
    for _ in range(3_000):
        if not await kept(operator.post):
            break
        await asyncio.sleep(0.02)
    operator.smsc.write(NUMBER, "36105", b"Bonjour")
    await eventually(lambda: operator.smsc.answers == [0, 0])
    assert await texts(operator.post) == ["Bonjour", "Bonjour"]


async def test_what_could_not_be_kept_is_the_same_when_it_comes_again_over_that_connection(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, taken, connection = ReceiveHooks.text, hearing(post), uuid4()

    async def lost(self: ReceiveHooks, *what: Any) -> None:
        await real(self, *what)
        raise ConnectionError

    monkeypatch.setattr(ReceiveHooks, "text", lost)
    with pytest.raises(ConnectionError):
        await taken.take("operator", Written(NUMBER, "36105", "Merci"), connection)
    monkeypatch.setattr(ReceiveHooks, "text", real)
    assert await taken.take("operator", Written(NUMBER, "36105", "Merci"), connection) is not None
    assert await texts(post) == ["Merci"]


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2)])
async def test_parts_are_one_message_whoever_hears_them_and_however_often(post: Post, order: tuple[int, ...]) -> None:
    connection = uuid4()
    for number in order:
        assert await texts(post) == []
        await bring(post, number, connection=connection)
        assert all(b"rue de la Paix" not in each for each in await kept(post) if each)
    assert await texts(post) == [WHOLE]
    for number in order:
        await bring(post, number, connection=uuid4())
    await waited(post, 11)
    assert await texts(post) == [WHOLE]
    assert await kept(post) == [None] * 3


async def test_nothing_is_left_of_parts_once_the_operator_has_its_answers(post: Post) -> None:
    connection = uuid4()
    for number in (1, 2, 3):
        await (await bring(post, number, connection=connection))()
    assert await texts(post) == [WHOLE]
    assert await kept(post) == []


async def test_a_kill_between_a_text_and_the_end_of_its_parts_leaves_one_message(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection, real = uuid4(), ReceiveHooks.text

    async def killed(self: ReceiveHooks, *what: Any) -> None:
        await real(self, *what)
        raise ConnectionError

    await bring(post, 1, connection=connection)
    await bring(post, 2, connection=connection)
    monkeypatch.setattr(ReceiveHooks, "text", killed)
    with pytest.raises(ConnectionError):
        await bring(post, 3, connection=connection)
    monkeypatch.setattr(ReceiveHooks, "text", real)
    await bring(post, 3, connection=uuid4())
    assert await texts(post) == [WHOLE]


async def test_a_part_that_never_comes_is_waited_for_for_some_minutes(post: Post) -> None:
    connection = uuid4()
    await bring(post, 1, connection=connection)
    await bring(post, 3, connection=connection)
    await waited(post, 9)
    assert await texts(post) == []
    await waited(post, 2)
    (said,) = await texts(post)
    assert said == f"{LONG[0]} […] \N{REPLACEMENT CHARACTER} et s'agrandit"
    await bring(post, 2, connection=connection)
    await waited(post, 11)
    assert await texts(post) == [said, "[…] jours là \N{REPLACEMENT CHARACTER} […]"]
    await waited(post, 4_320)
    assert await kept(post) == []


async def test_the_whole_of_a_text_may_be_a_stop_and_what_is_left_of_one_is_none(post: Post) -> None:
    for number, words in enumerate(("ST", "OP"), 1):
        await hearing(post).take("operator", Written(NUMBER, "36105", words, Part(8, 2, number)), uuid4())
    assert await standing(post) == [True]
    await hearing(post).take("operator", Written("+33639980098", "36105", "STOP", Part(9, 2, 2)), uuid4())
    await waited(post, 11)
    assert await standing(post) == [True]
    assert await texts(post) == ["[…] STOP"]


async def test_parts_of_two_people_and_of_two_texts_are_not_joined(post: Post) -> None:
    for sender, reference in ((NUMBER, 1), ("+33639980098", 1), (NUMBER, 2)):
        await hearing(post).take("operator", Written(sender, "36105", "a", Part(reference, 2, 1)), uuid4())
    await hearing(post).take("operator", Written(NUMBER, "36105", "b", Part(2, 2, 2)), uuid4())
    assert await texts(post) == ["ab"]


def test_what_is_missing_in_a_row_is_one_gap() -> None:
    assert joined({1: "a", 4: "d"}, 4) == "a […] d"
    assert joined({2: "b"}, 2) == "[…] b"
    assert joined({1: "a ", 2: " b"}, 2) == "a  b"
