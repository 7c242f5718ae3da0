# SPDX-License-Identifier: EUPL-1.2
"""Removal of what has had its time, in batches, so that no purge holds many locks."""

from datetime import timedelta
from typing import Any, Final, NamedTuple

import asyncpg

_BATCH: Final = 1_000
# Idempotency records, the inbox and the journal are the relay's to purge.
# What waits for its time was taken on, and goes first.
_WAITS: Final = (
    "EXISTS (SELECT 1 FROM delivery d WHERE d.message_id = m.id AND d.state IN ('pending', 'retry', 'sending'))"
)
_MESSAGE: Final = f"SELECT id FROM message m WHERE created_at < now() - $1::interval AND NOT {_WAITS}"
_CHANGE: Final = "SELECT id FROM preference_change WHERE created_at < now() - $1::interval"
_NOTICE: Final = "SELECT id FROM notice WHERE state = 'failed' AND created_at < now() - $1::interval"
_DIGEST: Final = "SELECT id FROM digest WHERE closed_at IS NOT NULL AND created_at < now() - $1::interval"
_SENT: Final = (
    "SELECT id FROM sent_message m WHERE created_at < now() - $1::interval"
    f" AND (scheduled_at IS NULL OR scheduled_at < now() - $1::interval) AND NOT {_WAITS}"
)
_JOB: Final = "SELECT id FROM sending_job WHERE created_at < now() - $1::interval AND ended_at < now() - $1::interval"
_OLD: Final = {
    "sending_count": "began_at < now() - interval '2 days'",
    # Who asked to be in the register of people who may need help has read by then why not.
    "register_request": "settled_at < now() - interval '90 days'",
    # Longer than providers are asked about anything.
    "sms_receipt": "created_at < now() - interval '11 days'",
    # The proof of what was stopped and taken back; what still holds is kept, or it would hold no longer.
    "text_stop": "lifted_at < now() - interval '3 years'",
    "dead_address": "told_at < now() - interval '1 year'",
    "chat_code": "created_at < now() - interval '1 day'",
    "chat_address": "confirmed_at IS NULL AND expires_at < now()",
}
# A hundred of two megabytes at the most.
_FEW: Final = 100
_FILE: Final = f"SELECT id FROM sent_file WHERE expires_at <= now() ORDER BY expires_at LIMIT {_FEW}"
_FILES: Final = f"DELETE FROM sent_file WHERE id IN ({_FILE})"
_WEBHOOK_EVENT: Final = (
    "SELECT id FROM webhook_event e WHERE created_at < now() - $1::interval AND NOT EXISTS (SELECT 1"
    " FROM webhook_delivery d WHERE d.event_id = e.id AND d.state IN ('pending', 'sending'))"
)
_WEBHOOK_WARNING: Final = "SELECT id FROM webhook_warning WHERE created_at < now() - $1::interval"


class Purged(NamedTuple):
    """How many rows went, and whether some batch was full: there may be more of that kind."""

    rows: int
    more: bool


async def purge(pool: "asyncpg.Pool[Any]", *, messages: timedelta, sent: timedelta, webhooks: timedelta) -> Purged:
    """Delete one batch of each kind that is older than that, with what belongs to it."""
    removed = list[tuple[int, int]]()
    for table, old, age in (
        ("message", _SENT, sent),
        ("sending_job", _JOB, sent),
        ("message", _MESSAGE, messages),
        ("notice", _NOTICE, messages),
        ("digest", _DIGEST, messages),
        ("preference_change", _CHANGE, messages),
        ("webhook_event", _WEBHOOK_EVENT, webhooks),
        ("webhook_warning", _WEBHOOK_WARNING, webhooks),
    ):
        batch = f"{old} ORDER BY created_at LIMIT {_BATCH} FOR UPDATE SKIP LOCKED"
        removed.append((_rows(await pool.execute(f"DELETE FROM {table} WHERE id IN ({batch})", age)), _BATCH))
    removed.append((_rows(await pool.execute(_FILES)), _FEW))
    for table, old in _OLD.items():
        few = f"SELECT ctid FROM {table} WHERE {old} LIMIT {_BATCH} FOR UPDATE SKIP LOCKED"
        done = await pool.execute(
            f"WITH few AS MATERIALIZED ({few}) DELETE FROM {table} USING few WHERE {table}.ctid = few.ctid"
        )
        removed.append((_rows(done), _BATCH))
    return Purged(sum(rows for rows, _ in removed), any(rows >= batch for rows, batch in removed))


def _rows(done: str) -> int:
    return int(done.rpartition(" ")[2])
