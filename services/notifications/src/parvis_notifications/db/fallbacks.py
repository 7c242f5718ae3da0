# SPDX-License-Identifier: EUPL-1.2
"""Deliveries that have failed for good where others may go in their place.

The failure is the record itself: whatever statement ends a delivery as ``failed`` or ``bounced``, it is found here. It
is settled in the transaction that makes the next one.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import asyncpg
from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_notifications.db.delivery_tables import Delivery, DeliveryDecision
from parvis_notifications.db.tables import Message
from parvis_notifications.domain.delivery import SendingState
from parvis_notifications.domain.preferences import Outcome

_ENDED: Final = (SendingState.FAILED, SendingState.BOUNCED)
_CLAIM: Final = """
WITH due AS (
    SELECT id FROM delivery WHERE fallback_at <= now() AND state IN ('failed', 'bounced')
    ORDER BY fallback_at LIMIT $1 FOR UPDATE SKIP LOCKED)
UPDATE delivery d SET fallback_at = now() + $2 FROM due, message m WHERE d.id = due.id AND m.id = d.message_id
RETURNING d.id, d.message_id, d.channel, d.target, d.collectivity, d.useless_at, d.traceparent,
    d.fallback_at AS claimed_until, m.person, m.template
"""
_LATER: Final = "UPDATE delivery SET fallback_at = now() + $3 WHERE id = $1 AND fallback_at = $2"


@dataclass(frozen=True, slots=True)
class Fallen:
    """A delivery that has failed for good, in the hands of one worker until ``claimed_until``."""

    id: UUID
    message_id: UUID
    channel: str
    target: UUID | None
    collectivity: str
    useless_at: datetime | None
    traceparent: str | None
    claimed_until: datetime
    person: UUID
    template: str


async def claim(pool: "asyncpg.Pool[Any]", limit: int, lease: timedelta) -> list[Fallen]:
    """The next ones, for that long."""
    return [Fallen(**row) for row in await pool.fetch(_CLAIM, limit, lease)]


async def later(pool: "asyncpg.Pool[Any]", fallen: Fallen, pause: timedelta) -> None:
    """Look again after that time."""
    await pool.execute(_LATER, fallen.id, fallen.claimed_until, pause)


async def told_by(session: AsyncSession, fallen: Fallen) -> Sequence[Message]:
    """The messages that it was to bring, theirs and the collectivity's: its own, or those of a mail that gathers."""
    wanted = select(Message).where(Message.collectivity == fallen.collectivity, Message.person == fallen.person)
    gathered = select(DeliveryDecision.message_id).where(DeliveryDecision.digest_id == fallen.target)
    inside = (await session.scalars(gathered)).all() if fallen.target and fallen.channel == "email" else []
    found = wanted.where(Message.id.in_([*inside, fallen.message_id])).order_by(Message.id)
    return (await session.scalars(found)).all()


async def hold(session: AsyncSession, messages: Sequence[Message]) -> dict[UUID, list[DeliveryDecision]]:
    """What was decided of each, in the order of the channels, locked: others who look at the same messages wait."""
    table = DeliveryDecision
    wanted = select(table).where(table.message_id.in_([each.id for each in messages]))
    wanted = wanted.order_by(table.message_id, table.rank, table.channel).with_for_update()
    held: dict[UUID, list[DeliveryDecision]] = {each.id: [] for each in messages}
    for row in (await session.scalars(wanted.execution_options(populate_existing=True))).all():
        held[row.message_id].append(row)
    return held


async def take(session: AsyncSession, fallen: Fallen) -> bool:
    """Settle it; False where the claim has run out, or another settled it."""
    mine = update(Delivery).where(Delivery.id == fallen.id, Delivery.fallback_at == fallen.claimed_until)
    done = await session.execute(mine.values(fallback_at=None).returning(Delivery.id))
    return done.first() is not None


async def under_way(session: AsyncSession, message_id: UUID) -> bool:
    """Whether a way of that message has not failed: it has arrived, or may yet."""
    alive = select(Delivery.id).where(Delivery.message_id == message_id, Delivery.state.not_in(_ENDED))
    return bool(await session.scalar(select(exists(alive))))


async def settle(session: AsyncSession, message_id: UUID) -> None:
    """Of that message no failure that there was is looked into any more."""
    ended = update(Delivery).where(Delivery.message_id == message_id, Delivery.state.in_(_ENDED))
    await session.execute(ended.values(fallback_at=None).execution_options(synchronize_session=False))


async def overtaken(session: AsyncSession, message: Message, templates: Collection[str]) -> bool:
    """Whether the person has a later message of one of these about the same thing; by their links they are known."""
    if not message.link:
        return False
    later_ones = select(Message.id).where(
        Message.collectivity == message.collectivity,
        Message.person == message.person,
        Message.created_at > message.created_at,
        Message.link == message.link,
        Message.template.in_(templates),
    )
    return bool(await session.scalar(select(exists(later_ones))))


def withhold(row: DeliveryDecision, reason: str, now: datetime) -> None:
    """It does not go by that channel after all."""
    row.outcome, row.reason, row.not_before_at, row.decided_at = Outcome.WITHHELD, reason, None, now
