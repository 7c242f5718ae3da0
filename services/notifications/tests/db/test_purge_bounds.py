# SPDX-License-Identifier: EUPL-1.2
"""What is past its retention goes some at a time, and all of it goes."""

from datetime import timedelta
from typing import Final

import pytest
from notifications_post import Post

from parvis_notifications.db import purge as module
from parvis_notifications.db.purge import Purged, purge

_KEEP: Final = timedelta(days=36_500)
# Rows of which each is so old ($2), of which $1 says how many; and for how many days they are kept.
_ROWS: Final = {
    "sending_count": (
        """
            WITH k AS (INSERT INTO sending_key (id, collectivity, application, kind, secret, per_minute, per_day,
                version, created_by, created_at)
            VALUES (gen_random_uuid(), 'paris', 'app', 'team', '\\x00', 1, 1, 1, gen_random_uuid(), now())
            RETURNING id)
            INSERT INTO sending_count (key_id, span, began_at, collectivity, sent)
            SELECT k.id, 'day', now() - $2::interval - n * interval '1 minute', 'paris', 1
            FROM k, generate_series(1, $1::int) n
        """,
        2,
    ),
    "register_request": (
        """
            INSERT INTO register_request (id, collectivity, person, state, content, version, asked_at, settled_at)
            SELECT gen_random_uuid(), 'paris', gen_random_uuid(), 'refused', '\\x00', 1, now(), now() - $2::interval
            FROM generate_series(1, $1::int)
        """,
        90,
    ),
    "sms_receipt": (
        """
            INSERT INTO sms_receipt (provider, message_id, recipient, reference, state, error, created_at)
            SELECT 'ovh', gen_random_uuid(), '\\x00', NULL, 2, '', now() - $2::interval
            FROM generate_series(1, $1::int)
        """,
        11,
    ),
    "text_stop": (
        """
            INSERT INTO text_stop (id, collectivity, application, mark, way, said_at, lifted_at, lifted_way)
            SELECT gen_random_uuid(), 'paris', '', '\\x00', 'text', now() - $2::interval, now() - $2::interval, 'text'
            FROM generate_series(1, $1::int)
        """,
        3 * 365,
    ),
    "dead_address": (
        """
            INSERT INTO dead_address (mark, collectivity, channel, failures, status, told_at)
            SELECT uuid_send(gen_random_uuid()), 'paris', 'email', 1, '5.1.1', now() - $2::interval
            FROM generate_series(1, $1::int)
        """,
        365,
    ),
    "chat_code": (
        """
            INSERT INTO chat_code (id, collectivity, person, mark, created_at)
            SELECT gen_random_uuid(), 'paris', gen_random_uuid(), '\\x00', now() - $2::interval
            FROM generate_series(1, $1::int)
        """,
        1,
    ),
    "chat_address": (
        """
            INSERT INTO chat_address (id, collectivity, person, address, mark, tries, version, created_at, expires_at)
            SELECT gen_random_uuid(), 'paris', gen_random_uuid(), '\\x00', '\\x00', 0, 1, now(), now() - $2::interval
            FROM generate_series(1, $1::int)
        """,
        0,
    ),
}
_MARGIN: Final = timedelta(days=3)  # there are leap years


def test_every_table_that_is_purged_by_its_age_alone_is_looked_at() -> None:
    assert set(_ROWS) == set(module._OLD)  # noqa: SLF001


@pytest.mark.parametrize("table", _ROWS)
async def test_what_is_old_goes_some_at_a_time_and_what_is_young_stays(
    post: Post, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    monkeypatch.setattr(module, "_BATCH", 2)
    insert, days = _ROWS[table]
    await post.pool.execute(insert, 4, timedelta(days=days) + _MARGIN)
    await post.pool.execute(insert, 1, timedelta(days=days) - _MARGIN)
    gone = [await purge(post.pool, messages=_KEEP, sent=_KEEP, webhooks=_KEEP) for _ in range(3)]
    assert gone == [Purged(2, more=True), Purged(2, more=True), Purged(0, more=False)]
    assert await post.pool.fetchval(f"SELECT count(*) FROM {table}") == 1


async def test_less_than_a_batch_is_the_last(post: Post) -> None:
    insert, days = _ROWS["sms_receipt"]
    await post.pool.execute(insert, 3, timedelta(days=days) + _MARGIN)
    assert await purge(post.pool, messages=_KEEP, sent=_KEEP, webhooks=_KEEP) == Purged(3, more=False)
