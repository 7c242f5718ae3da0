# SPDX-License-Identifier: EUPL-1.2
"""What was decided of each message by each channel, with what became of it since."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_notifications.db.tables import DeliveryDecision, EmailDelivery
from parvis_notifications.domain.preferences import Decision
from parvis_notifications.domain.topic import Channel


@dataclass(frozen=True, slots=True)
class Followed:
    """A decision and the delivery that came of it, where one did."""

    decision: DeliveryDecision
    email: EmailDelivery | None


def add(
    session: AsyncSession, message_id: UUID, collectivity: str, decisions: Iterable[Decision], now: datetime
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
        )
        for each in decisions
    )


async def of_message(session: AsyncSession, message_id: UUID, collectivity: str) -> Sequence[Followed]:
    """Those of one message, by channel."""
    by_email = and_(
        EmailDelivery.message_id == DeliveryDecision.message_id, DeliveryDecision.channel == Channel.EMAIL.value
    )
    wanted = (
        select(DeliveryDecision, EmailDelivery)
        .outerjoin(EmailDelivery, by_email)
        .where(DeliveryDecision.message_id == message_id, DeliveryDecision.collectivity == collectivity)
        .order_by(DeliveryDecision.channel)
    )
    return [Followed(decision, email) for decision, email in (await session.execute(wanted)).tuples()]
