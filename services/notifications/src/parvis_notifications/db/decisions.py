# SPDX-License-Identifier: EUPL-1.2
"""What was decided of each message by each channel, with what became of it since."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_notifications.db import digests
from parvis_notifications.db.delivery_tables import Delivery, DeliveryAttempt, DeliveryDecision
from parvis_notifications.domain.preferences import Decision, Outcome


@dataclass(frozen=True, slots=True)
class Followed:
    """A decision, the delivery that came of it, where one did, and the attempts at it, the oldest first."""

    decision: DeliveryDecision
    delivery: Delivery | None
    attempts: Sequence[DeliveryAttempt]


def add(
    session: AsyncSession,
    message_id: UUID,
    collectivity: str,
    decisions: Iterable[Decision],
    now: datetime,
    digest_id: UUID | None = None,
) -> None:
    """Keep the decisions in the transaction that writes their message."""
    session.add_all(
        DeliveryDecision(
            message_id=message_id,
            channel=each.channel,
            collectivity=collectivity,
            outcome=each.outcome,
            reason=each.reason,
            not_before_at=each.not_before,
            decided_at=now,
            digest_id=digest_id if each.outcome is Outcome.GATHERED else None,
            rank=each.rank,
        )
        for each in decisions
    )


async def of_message(session: AsyncSession, message_id: UUID, collectivity: str) -> Sequence[Followed]:
    """Those of one message, by channel; that of web push once for each browser."""
    came_of_it = and_(Delivery.message_id == DeliveryDecision.message_id, Delivery.channel == DeliveryDecision.channel)
    wanted = (
        select(DeliveryDecision, Delivery)
        .outerjoin(Delivery, came_of_it)
        .where(DeliveryDecision.message_id == message_id, DeliveryDecision.collectivity == collectivity)
        .order_by(DeliveryDecision.channel, Delivery.id)
    )
    rows: Sequence[tuple[DeliveryDecision, Delivery | None]] = (await session.execute(wanted)).tuples().all()
    mails = await digests.deliveries_of(session, {decision.digest_id for decision, _ in rows if decision.digest_id})
    # The mail of several messages is the delivery of one of them.
    found = [(each, mails.get(each.digest_id) if each.digest_id else way) for each, way in rows]
    made = (
        select(DeliveryAttempt)
        .where(DeliveryAttempt.delivery_id.in_([delivery.id for _, delivery in found if delivery is not None]))
        .order_by(DeliveryAttempt.began_at, DeliveryAttempt.id)
    )
    attempts: dict[UUID, list[DeliveryAttempt]] = defaultdict(list)
    for each in (await session.scalars(made)).all():
        attempts[each.delivery_id].append(each)
    return [Followed(each, delivery, attempts[delivery.id] if delivery is not None else []) for each, delivery in found]
