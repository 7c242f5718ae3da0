# SPDX-License-Identifier: EUPL-1.2
"""How long the oldest deliveries and letters wait is measured by channel."""

import pytest
from notifications_letters import Letters
from notifications_post import Post
from prometheus_client import REGISTRY

from parvis_notifications.db import waiting
from parvis_notifications.letter_settings import MailRoomSettings
from parvis_notifications.service.measure_waiting import WaitingMeasurer

HOUR = 3_600


async def oldest(post: Post, state: str, turn: str = "usual", channel: str = "email") -> float:
    assert await WaitingMeasurer(post.pool).round() is False
    labels = {"channel": channel, "state": state, "turn": turn}
    value = REGISTRY.get_sample_value("parvis_deliveries_oldest_seconds", labels)
    assert value is not None
    return value


def about(hours: float) -> object:
    return pytest.approx(hours * HOUR, abs=60)


async def test_the_oldest_that_waits_is_measured_by_channel_turn_and_whether_it_was_tried(post: Post) -> None:
    for _ in range(3):
        await post.told(post.person("camille@example.org"))
    assert await oldest(post, "pending") == about(0)
    first, second, third = [row["id"] for row in await post.rows("delivery")]
    aged = "UPDATE delivery SET created_at = now() - make_interval(hours => $2) WHERE id = $1"
    for each, hours in ((first, 5), (second, 3), (third, 1)):
        await post.pool.execute(aged, each, hours)
    assert await oldest(post, "pending") == about(5)
    assert await oldest(post, "pending", channel="sms") == 0
    await post.pool.execute(
        "UPDATE delivery SET state = 'retry', due_at = now() + interval '1 hour' WHERE id = $1", first
    )
    await post.pool.execute("UPDATE delivery SET bulk = true WHERE id = $1", second)
    assert await oldest(post, "retry") == about(5)
    assert await oldest(post, "pending") == about(1)
    assert await oldest(post, "pending", "bulk") == about(3)
    await post.pool.execute("UPDATE delivery SET not_before_at = now() + interval '1 hour' WHERE id = $1", third)
    assert await oldest(post, "pending") == 0, "the night is not over yet"
    await post.pool.execute("UPDATE delivery SET not_before_at = now() - interval '30 minutes' WHERE id = $1", third)
    assert await oldest(post, "pending") == about(0.5)
    await post.pool.execute("UPDATE delivery SET state = 'sent'")
    assert [await oldest(post, state) for state in ("pending", "retry")] == [0, 0]


async def test_the_oldest_letter_of_each_mail_room_is_measured_until_it_was_posted(quick: Letters) -> None:
    room = MailRoomSettings.model_validate(
        {"name": "mairie", "kind": "mail-room", "page_millicents": 2_000, "postage_millicents": 139_000}
    )
    quick.post.more["letter_providers"] = (room,)
    await quick.waiting()
    await quick.send()
    pool = quick.post.pool
    await pool.execute("UPDATE mail_room_letter SET submitted_at = now() - interval '30 hours'")
    measurer = WaitingMeasurer(pool)
    await measurer.round()
    named = "parvis_mail_room_oldest_seconds", {"collectivity": "paris"}
    assert REGISTRY.get_sample_value(*named) == about(30)
    await pool.execute("UPDATE mail_room_letter SET state = 'posted'")
    await measurer.round()
    assert REGISTRY.get_sample_value(*named) == 0


async def test_to_measure_looks_into_an_index_however_much_was_sent(post: Post) -> None:
    await post.told(post.person("camille@example.org"))
    await post.pool.execute(
        "INSERT INTO delivery"
        " (id, message_id, channel, target, collectivity, address, state, attempts, due_at, created_at)"
        " SELECT gen_random_uuid(), message_id, channel, gen_random_uuid(), collectivity, address, 'sent', 1, now(),"
        " now() FROM delivery, generate_series(1, 2000)"
    )
    await post.pool.execute("ANALYZE delivery")
    explained = await post.pool.fetch(f"EXPLAIN ANALYZE {waiting.OLDEST}", ["email"], ["pending", "retry"])
    plan = "\n".join(row[0] for row in explained)
    assert "Index Scan using ix_delivery_waiting" in plan
    assert "Rows Removed by Filter" not in plan, plan
