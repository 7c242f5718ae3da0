# SPDX-License-Identifier: EUPL-1.2
"""Messages of what was taken back: the channels by which they have not gone."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_notifications.db import fallbacks
from parvis_notifications.db.delivery_tables import Delivery, DeliveryDecision
from parvis_notifications.db.digest_tables import Digest
from parvis_notifications.db.tables import Message
from parvis_notifications.domain.delivery import SendingState
from parvis_notifications.domain.preferences import Outcome, Reason

_WAITING: Final = (SendingState.PENDING, SendingState.RETRY, SendingState.SENDING)
_OVER: Final = (SendingState.FAILED, SendingState.BOUNCED)


async def withhold(session: AsyncSession, source: str, event_id: UUID, template: str, now: datetime) -> None:
    """Let an event's message go by no channel any more by which no provider has it, nor may have it."""
    told = (Message.event_id == event_id, Message.event_source == source, Message.template == template)
    message_id = await session.scalar(select(Message.id).where(*told))
    if message_id is None:
        return
    # In the order in which others lock them: who makes a digest, who lets the next channel follow, who sends.
    gathered = await _open_digests(session, message_id)
    decided = select(DeliveryDecision).where(DeliveryDecision.message_id == message_id)
    decided = decided.order_by(DeliveryDecision.rank, DeliveryDecision.channel).with_for_update()
    rows = (await session.scalars(decided.execution_options(populate_existing=True))).all()
    stopped = await _stop(session, message_id)
    gone = select(Delivery.channel).where(Delivery.message_id == message_id, Delivery.state.not_in(_OVER))
    under_way = set(await session.scalars(gone))
    for row in rows:
        waits = row.digest_id in gathered or row.outcome == Outcome.STANDBY or row.channel in stopped - under_way
        if waits:
            fallbacks.withhold(row, Reason.TAKEN_BACK, now)
            row.digest_id = None
    await session.flush()


async def _open_digests(session: AsyncSession, message_id: UUID) -> set[UUID]:
    """The mails to come that were to tell of it; who closes one just now is waited for, and it tells of it."""
    inside = select(DeliveryDecision.digest_id).where(DeliveryDecision.message_id == message_id)
    ids = [id_ for id_ in await session.scalars(inside) if id_ is not None]
    held = select(Digest.id).where(Digest.id.in_(ids), Digest.closed_at.is_(None)).with_for_update()
    return set(await session.scalars(held)) if ids else set()


async def _stop(session: AsyncSession, message_id: UUID) -> set[str]:
    """The channels of the deliveries that go no more; of one that was tried its attempts are kept."""
    mine = (Delivery.message_id == message_id, Delivery.state.in_(_WAITING), Delivery.handed_over_at.is_(None))
    untried = delete(Delivery).where(*mine, Delivery.attempts == 0).returning(Delivery.channel)
    ended = {"state": SendingState.FAILED, "last_reply": Reason.TAKEN_BACK, "claim": None, "fallback_at": None}
    tried = update(Delivery).where(*mine).values(ended).returning(Delivery.channel)
    unchanged = {"synchronize_session": False}
    return {
        channel
        for statement in (untried, tried)
        for channel in await session.scalars(statement.execution_options(**unchanged))
    }
