# SPDX-License-Identifier: EUPL-1.2
"""What is gathered goes at eight where the town is, to who has not chosen when."""

from zoneinfo import ZoneInfo

import pytest
from notifications_gathering import GATHERED, published
from notifications_post import Post
from notifications_town import Town, wishes


@pytest.mark.parametrize("clock", ["Indian/Reunion", "America/Martinique"])
async def test_who_chose_no_hour_has_news_and_messages_at_eight_by_the_town_s_clocks(post: Post, clock: str) -> None:
    town = Town(post)
    assert (await town.topic()).status_code == 200
    post.more["time_zones"] = {"paris": clock}
    reader = town.post.person("zoe@example.org")
    assert (await town.choose(reader, wishes(topics=GATHERED))).status_code == 200
    topics = [{"topic": "requests", "channels": ["email"], "digest": "daily"}]
    body = {"language": None, "quiet_hours": None, "digest_time": None, "topics": topics}
    headers = reader.headers | {"If-Match": '"0"'}
    assert (await town.client.put("/v1/notification-preferences", json=body, headers=headers)).status_code == 200
    await published(town)
    await town.send()
    await town.post.told(reader, "taken", reference="R-2026-0001-XM7")
    due = await town.post.pool.fetch("SELECT due_at FROM digest")
    assert {(each.hour, each.minute) for row in due for each in [row["due_at"].astimezone(ZoneInfo(clock))]} == {(8, 0)}
    held = "SELECT count(*) FROM broadcast_delivery WHERE state = 'gathered'"
    gathered = "SELECT count(*) FROM delivery_decision WHERE digest_id IS NOT NULL"
    assert [await town.post.pool.fetchval(each) for each in (held, gathered)] == [1, 1]
    await town.aclose()
