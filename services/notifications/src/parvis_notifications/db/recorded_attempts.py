# SPDX-License-Identifier: EUPL-1.2
"""The attempts of deliveries that are exported, read for a piece of them at a time."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

import asyncpg

from parvis_notifications.domain.delivery import AttemptOutcome

# A call to somebody and its attempt are written by one statement, and begin at one instant.
_OF_DELIVERIES: Final = """
SELECT t.delivery_id, t.provider, t.began_at, t.ended_at, t.outcome, t.reply,
    CASE t.outcome WHEN 'refused' THEN d.fault END AS fault,
    CASE WHEN v.number IS NOT NULL THEN v.reference WHEN t.outcome = 'accepted' THEN d.provider_reference END
        AS reference,
    CASE WHEN v.number IS NOT NULL THEN v.minutes WHEN t.outcome = 'accepted' THEN d.segments END AS segments,
    CASE WHEN v.number IS NOT NULL THEN v.cost_millicents WHEN t.outcome = 'accepted' THEN d.cost_millicents END
        AS cost_millicents
FROM delivery_attempt t JOIN delivery d ON d.id = t.delivery_id
LEFT JOIN voice_call v ON v.delivery_id = t.delivery_id AND v.began_at = t.began_at
WHERE t.delivery_id = ANY($1) ORDER BY t.delivery_id, t.began_at, t.id
"""
# Calls are kept one by one as such, and news in digests went as the mail that told of them.
_OF_MANY: Final = f"""
SELECT a.recipient, a.channel, a.provider, a.began_at, a.ended_at, a.outcome, a.reply, a.fault, a.reference, a.segments,
    a.cost_millicents, a.number::bigint, a.step
FROM broadcast_attempt a WHERE a.recipient = ANY($1)
UNION ALL
SELECT v.recipient, 'voice', v.provider, v.began_at, CASE WHEN v.reference IS NULL THEN v.ended_at END,
    CASE WHEN v.reference IS NOT NULL THEN '{AttemptOutcome.ACCEPTED}'
        WHEN v.status = '{AttemptOutcome.NOT_TAKEN}' THEN v.status
        WHEN v.ended_at IS NULL THEN '{AttemptOutcome.UNANSWERED}'
        WHEN d.state = 'failed' AND d.last_reply = v.status THEN '{AttemptOutcome.REFUSED}'
        ELSE '{AttemptOutcome.DEFERRED}' END,
    v.status, NULL, v.reference, v.minutes, v.cost_millicents, v.number, 0
FROM voice_call v JOIN broadcast_delivery d ON d.recipient = v.recipient AND d.channel = 'voice'
WHERE v.recipient = ANY($1)
UNION ALL
SELECT d.recipient, d.channel, t.provider, t.began_at, t.ended_at, t.outcome, t.reply,
    CASE t.outcome WHEN 'refused' THEN m.fault END, NULL, NULL, NULL, 0, 0
FROM broadcast_delivery d JOIN digest g ON g.id = d.digest_id JOIN delivery m ON m.id = g.delivery_id
JOIN delivery_attempt t ON t.delivery_id = m.id
WHERE d.recipient = ANY($1)
ORDER BY 1, 2, 4, 12, 13
"""
Key = UUID | tuple[int, str]


async def of_deliveries(pool: "asyncpg.Pool[Any]", ids: Sequence[UUID]) -> Mapping[Key, Sequence[Any]]:
    """By delivery, the first attempt first."""
    found: dict[Key, list[Any]] = defaultdict(list)
    for row in await pool.fetch(_OF_DELIVERIES, ids):
        found[row["delivery_id"]].append(row)
    return found


async def of_many(pool: "asyncpg.Pool[Any]", recipients: Sequence[int]) -> Mapping[Key, Sequence[Any]]:
    """By recipient and channel, the first attempt first."""
    found: dict[Key, list[Any]] = defaultdict(list)
    for row in await pool.fetch(_OF_MANY, recipients):
        found[row["recipient"], row["channel"]].append(row)
    return found
