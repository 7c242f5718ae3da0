# SPDX-License-Identifier: EUPL-1.2
"""Whoever received an alert says that they are safe, or that they need help."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_notifications.db import alerts
from parvis_notifications.db.alert_tables import Alert
from parvis_notifications.db.broadcast_tables import Broadcast, Recipient
from parvis_notifications.domain.alert import Reply
from parvis_notifications.domain.errors import NotFoundError
from parvis_notifications.domain.reader import Reader


@dataclass(frozen=True, slots=True)
class Received:
    """An alert as one of its recipients sees it."""

    recipient: Recipient
    alert: Alert
    broadcast: Broadcast


async def received_by_link(session: AsyncSession, number: int | None) -> Received:
    """By the number in their link; raises NotFoundError for what is none of ours."""
    if number is None:
        raise NotFoundError
    row = await alerts.recipient(session, number)
    return Received(row, *await alerts.one(session, row.collectivity, row.broadcast_id))


async def answer_by_link(session: AsyncSession, number: int | None, answer: Reply, now: datetime) -> Received:
    """Keep the answer; another one later takes its place, and who asks for help again waits for it again.

    Raises NotFoundError.
    """
    found = await received_by_link(session, number)
    found.recipient.answer, found.recipient.answered_at, found.recipient.helped_at = answer, now, None
    await session.flush()
    return found


async def answer_in_account(
    session: AsyncSession, reader: Reader, alert_id: UUID, answer: Reply, now: datetime
) -> Received:
    """The same of somebody who signed in; raises NotFoundError where they did not receive that alert."""
    row = await alerts.received_one(session, reader.collectivity, reader.person, alert_id)
    row.answer, row.answered_at, row.helped_at = answer, now, None
    await session.flush()
    return Received(row, *await alerts.one(session, reader.collectivity, alert_id))
