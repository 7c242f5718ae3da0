# SPDX-License-Identifier: EUPL-1.2
"""A worker is killed while it gathers news or makes a mail of them: each piece is told once."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from notifications_gathering import figures, gathering, its_time, published
from notifications_post import Post
from notifications_town import Town

from parvis_kit.db.database import UnitOfWork
from parvis_notifications.db import gathered_news
from parvis_notifications.db.deliveries import Deliveries


@pytest.fixture
async def town(post: Post) -> AsyncIterator[Town]:
    made = Town(post)
    assert (await made.topic()).status_code == 200
    yield made
    await made.aclose()


class Died(BaseException):
    """The worker was killed here."""


async def test_what_a_worker_that_knew_of_no_news_has_closed_goes_with_the_next(
    town: Town, capfd: pytest.CaptureFixture[str]
) -> None:
    await gathering(town)
    item = await published(town)
    await town.send()
    await town.post.pool.execute("UPDATE digest SET closed_at = now()")
    assert await figures(town, item) == ("sending", {"gathered": 1})
    await its_time(town)
    assert capfd.readouterr().out.count("news_left_behind") == 1
    await town.send()
    assert await figures(town, item) == ("sending", {"gathered": 1})
    await its_time(town)
    await town.post.send_mails()
    await its_time(town)
    await town.send()
    assert town.told() == ["zoe@example.org"]
    assert await figures(town, item) == ("done", {"sent": 1})


@pytest.mark.parametrize(
    ("class_", "name", "before"),
    [
        ("parvis_notifications.service.send_broadcasts", "gather", True),
        ("parvis_notifications.service.send_broadcasts", "gather", False),
        (gathered_news, "inside", False),
        (UnitOfWork, "commit", False),
        (Deliveries, "sent", False),
    ],
)
async def test_whenever_the_worker_dies_each_piece_of_news_is_told_once(
    town: Town, class_: Any, name: str, *, before: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    await gathering(town)
    item = await published(town)
    target = f"{class_}.{name}" if isinstance(class_, str) else name
    whole = gathered_news.gather if isinstance(class_, str) else getattr(class_, name)

    async def dying(*args: Any, **more: Any) -> None:
        if not before:
            await whole(*args, **more)
        raise Died

    async def all_steps() -> None:
        await town.post.pool.execute("UPDATE broadcast_delivery SET due_at = now() WHERE due_at < 'infinity'")
        await town.send()
        await its_time(town)
        await town.post.send_mails()

    with monkeypatch.context() as patched:
        patched.setattr(target, dying) if isinstance(class_, str) else patched.setattr(class_, name, dying)
        with pytest.raises(Died):
            await all_steps()
    for _ in range(2):
        await all_steps()
    assert town.told() == ["zoe@example.org"]
    await town.send()
    assert await figures(town, item) == ("done", {"sent": 1})
