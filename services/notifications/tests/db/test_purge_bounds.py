# SPDX-License-Identifier: EUPL-1.2
"""What is past its retention goes some at a time, and all of it goes."""

from datetime import timedelta

import pytest
from notifications_post import Post

from parvis_notifications.db import purge as module
from parvis_notifications.db.purge import purge

_KEEP = timedelta(days=36_500)
_RECEIPT = """
INSERT INTO sms_receipt (provider, message_id, recipient, reference, state, error, created_at)
VALUES ('ovh', $1, '\\x00', NULL, 2, '', now() - $2::interval)
"""


async def test_receipts_of_an_operator_go_some_at_a_time_and_young_ones_stay(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_BATCH", 2)
    for number in range(5):
        await post.pool.execute(_RECEIPT, str(number), timedelta(days=12))
    await post.pool.execute(_RECEIPT, "young", timedelta(days=10))
    gone = [await purge(post.pool, messages=_KEEP, sent=_KEEP, webhooks=_KEEP) for _ in range(4)]
    assert gone == [2, 2, 1, 0]
    assert [row["message_id"] for row in await post.pool.fetch("SELECT message_id FROM sms_receipt")] == ["young"]
