# SPDX-License-Identifier: EUPL-1.2
"""Changes of applications' messages, taken up in order by one worker at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_notifications.db.sending_tables import SentMessage, SentMessageChange
from parvis_notifications.db.webhook_tables import WebhookSubscription
from parvis_notifications.domain.webhook import SubscriptionState, callback_client

_LOCK: Final = text("SELECT pg_try_advisory_xact_lock(hashtextextended('sent-message-changes', 0))")


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to a message; ``reference`` is sealed with the recipient's key."""

    number: int
    id: UUID
    message_id: UUID
    collectivity: str
    state: str
    reply: str | None
    fault: str | None
    changed_at: datetime
    key_id: UUID
    channel: str
    recipient: UUID
    reference: bytes | None


async def claim(session: AsyncSession, limit: int) -> list[Change]:
    """The oldest ones; none where another worker is at it, lest a message's last word overtake its first."""
    if not await session.scalar(_LOCK):
        return []
    told, sent = SentMessageChange, SentMessage
    wanted = (
        select(told.number, told.id, told.message_id, told.collectivity, told.state, told.reply, told.fault)
        .add_columns(told.changed_at, sent.key_id, sent.channel, sent.recipient, sent.reference)
        .join(sent, sent.id == told.message_id)
        .order_by(told.number)
        .limit(limit)
    )
    return [Change(*row) for row in await session.execute(wanted)]


async def callbacks(session: AsyncSession, collectivity: str, key_id: UUID) -> Sequence[UUID]:
    """The active subscriptions by which a key's application is called back, kept from being deleted meanwhile."""
    wanted = select(WebhookSubscription.id).where(
        WebhookSubscription.collectivity == collectivity,
        WebhookSubscription.client_id == callback_client(key_id),
        WebhookSubscription.state == SubscriptionState.ACTIVE,
    )
    return (await session.scalars(wanted.with_for_update(read=True, key_share=True))).all()


async def forget(session: AsyncSession, numbers: Sequence[int]) -> None:
    """They are on their way."""
    gone = delete(SentMessageChange).where(SentMessageChange.number.in_(numbers))
    await session.execute(gone.execution_options(synchronize_session=False))
