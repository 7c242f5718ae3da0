# SPDX-License-Identifier: EUPL-1.2
"""Whatever happens to who goes on to the next channel, that one is used once."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from notifications_fallbacks import count, fall_back, loop, refused_mails, waiting
from notifications_post import Post, merged
from notifications_texts import Texts

from parvis_kit.db.database import UnitOfWork
from parvis_notifications.db import fallbacks
from parvis_notifications.service import fall_back as module


class Died(BaseException):
    """The worker was killed here."""


@pytest.mark.parametrize("step", ["before-take", "before-delivery", "after-delivery", "before-commit", "after-commit"])
async def test_whenever_the_worker_dies_the_next_goes_once(
    texts: Texts, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await waiting(texts, "email", "sms")
    await refused_mails(texts.post)
    where: dict[str, tuple[Any, str]] = {
        "take": (fallbacks, "take"),
        "delivery": (module, "put_on_its_way"),
        "commit": (UnitOfWork, "commit"),
    }
    when, _, what = step.partition("-")
    place, name = where[what]
    whole = getattr(place, name)

    def dying(*args: Any, **more: Any) -> Any:
        async def commits() -> None:
            if when == "after":
                await whole(*args, **more)
            raise Died

        if what != "delivery":
            return commits()
        if when == "after":
            whole(*args, **more)
        raise Died

    with monkeypatch.context() as patched:
        patched.setattr(place, name, dying)
        with pytest.raises(Died):
            await loop(texts.post).round()
    for _ in range(2):
        await fall_back(texts.post)
    assert await count(texts.post) == 1


async def test_of_two_who_look_at_the_same_one_goes_on(texts: Texts) -> None:
    await waiting(texts, "email", "sms")
    await refused_mails(texts.post)
    one, other = loop(texts.post), loop(texts.post)
    (late,) = await fallbacks.claim(texts.post.pool, 10, timedelta())
    (mine,) = await fallbacks.claim(texts.post.pool, 10, timedelta(minutes=1))
    known = await one._known(mine)  # noqa: SLF001
    await asyncio.gather(*(each._settle(fallen, known) for each, fallen in ((one, late), (other, mine), (one, mine))))  # noqa: SLF001
    assert await count(texts.post) == 1


async def test_while_nobody_says_how_the_person_is_reached_it_waits(texts: Texts, post: Post) -> None:
    await waiting(texts, "email", "sms")
    await refused_mails(post)
    post.owners.down = True
    await fall_back(post)
    assert await count(post) == 0
    post.owners.down = False
    await fall_back(post)
    assert await count(post) == 1


async def test_it_goes_to_whoever_the_account_went_into(texts: Texts, post: Post) -> None:
    reader, kept = await waiting(texts, "email", "sms"), texts.person("+33639980098")
    await refused_mails(post)
    await post.hear(merged(reader, kept))
    await fall_back(post)
    await texts.send()
    assert [text.to for text in texts.first.texts()] == ["+33639980098"]
