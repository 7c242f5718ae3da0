# SPDX-License-Identifier: EUPL-1.2
"""An agent who handles a request asks whether its author was told: by which channel, how far it came, or why not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging import outbox
from parvis_kit.security.principal import Principal
from parvis_notifications import events
from parvis_notifications.db import decisions, messages
from parvis_notifications.db.decisions import Followed
from parvis_notifications.db.tables import Message


@dataclass(frozen=True, slots=True)
class Told:
    """One message, whose words stay sealed, and what was decided of it by each channel."""

    message: Message
    followed: Sequence[Followed]


async def explain_request_messages(
    session: AsyncSession, agent: Principal, request_id: UUID, limit: int, now: datetime
) -> Sequence[Told]:
    """The newest messages about a request, in the transaction that tells each person who asked.

    For an agent who reads that request (parvis_notifications.service.need_to_know).
    """
    found = await messages.about_request(session, agent.collectivity, request_id, limit)
    newest = {row.person: row.id for row in reversed(found)}
    looks = [
        events.data_accessed(
            message_id=message,
            person=person,
            client_id=agent.client_id,
            collectivity=agent.collectivity,
            at=now,
            category="deliveries",
            agent=agent.person,
        )
        for person, message in newest.items()
    ]
    if looks:
        await outbox.add(session, *looks)
    return [Told(row, await decisions.of_message(session, row.id, agent.collectivity)) for row in found]
