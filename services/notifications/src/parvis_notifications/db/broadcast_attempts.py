# SPDX-License-Identifier: EUPL-1.2
"""Each attempt of what goes to many: written by the statement that keeps what came of its turn.

A hundred thousand are written while an alert goes out: once each, by their keys, a group at a time. An attempt has no
row while it is under way; that of a worker that was killed gets one from whoever takes its turn over.
"""

from collections.abc import Sequence
from typing import Any, Final

from parvis_notifications.domain.broadcast import Settled
from parvis_notifications.domain.delivery import AttemptOutcome

# Of ``{rows}``, which went out for all that anybody knows: the last attempt, of which its worker told nothing.
LOST: Final = f"""
INSERT INTO broadcast_attempt (recipient, channel, number, step, collectivity, provider, began_at, outcome, reply)
SELECT g.recipient, g.channel, g.attempts, 0, g.collectivity, nullif(g.provider, ''), g.handed_over_at,
    '{AttemptOutcome.UNANSWERED}', 'worker-gone'
FROM {{rows}} g WHERE g.handed_over_at IS NOT NULL AND g.attempts > 0 AND g.channel <> 'voice'
ON CONFLICT DO NOTHING
"""
# Whoever holds the claim by now: what was attempted was attempted. What is known of an attempt stays; but who took it
# knows better than a list that did not have it yet.
TRIED: Final = f"""
INSERT INTO broadcast_attempt AS a (recipient, channel, number, step, collectivity, provider, outcome, reply, began_at,
    ended_at, fault, reference, segments, cost_millicents)
SELECT y.recipient, d.channel, y.number, y.step, d.collectivity, y.provider, y.outcome, y.reply, y.began_at,
    y.ended_at, y.fault, y.reference, y.segments, y.cost
FROM unnest($12::bigint[], $13::int[], $14::int[], $15::text[], $16::text[], $17::text[], $18::timestamptz[],
    $19::timestamptz[], $20::text[], $21::text[], $22::int[], $23::bigint[])
    AS y(recipient, number, step, provider, outcome, reply, began_at, ended_at, fault, reference, segments, cost)
JOIN broadcast_delivery d ON d.recipient = y.recipient AND d.channel = $1
ON CONFLICT (recipient, channel, number, step) DO UPDATE SET provider = excluded.provider, outcome = excluded.outcome,
    reply = excluded.reply, began_at = excluded.began_at, ended_at = excluded.ended_at, fault = excluded.fault,
    reference = excluded.reference, segments = excluded.segments, cost_millicents = excluded.cost_millicents
WHERE a.outcome = '{AttemptOutcome.UNANSWERED}'
    OR a.outcome = '{AttemptOutcome.NOT_TAKEN}' AND excluded.outcome = '{AttemptOutcome.ACCEPTED}'
"""
FOUND: Final = f"""
UPDATE broadcast_attempt SET provider = coalesce($4::text, provider), outcome = $5, reply = $6, ended_at = $7,
    reference = $8, segments = $9, cost_millicents = $10
WHERE recipient = $2 AND channel = $1 AND number = $3 AND outcome = '{AttemptOutcome.UNANSWERED}'
"""


def columns(settled: Sequence[Settled]) -> tuple[list[Any], ...]:
    """What :data:`TRIED` takes of the attempts of these turns."""
    rows = [
        (
            end.recipient,
            tried.number,
            step,
            tried.provider,
            tried.outcome,
            tried.reply,
            tried.began_at,
            tried.ended_at,
            tried.fault,
            tried.reference,
            tried.segments,
            tried.cost_millicents,
        )
        for end in settled
        for step, tried in enumerate(end.tried)
        if not tried.found
    ]
    return tuple(map(list, zip(*rows, strict=True))) if rows else tuple([] for _ in range(12))


def found(settled: Sequence[Settled]) -> list[tuple[Any, ...]]:
    """What :data:`FOUND` takes, after the channel, of each attempt of which somebody told something later."""
    return [
        (
            end.recipient,
            tried.number,
            tried.provider,
            tried.outcome,
            tried.reply,
            tried.ended_at,
            tried.reference,
            tried.segments,
            tried.cost_millicents,
        )
        for end in settled
        for tried in end.tried
        if tried.found
    ]
