# SPDX-License-Identifier: EUPL-1.2
"""Somebody has another address now: what waits for them, or may go once more, asks for it first."""

from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_notifications.domain.topic import Channel

# The person's deliveries that are not out yet; and those that are asked about, which may have to go once more.
_DOUBT: Final = text(
    "UPDATE delivery d SET address_doubts = address_doubts + 1 FROM message m WHERE m.id = d.message_id"
    " AND m.person = :person AND d.channel = :channel"
    " AND (d.state IN ('pending', 'retry', 'sending') OR d.state IN ('sent', 'unknown') AND d.ask_at IS NOT NULL)"
)


async def doubt_address(session: AsyncSession, person: UUID, channel: Channel) -> None:
    """The person's address has changed: none of their deliveries goes out before it was asked for again."""
    await session.execute(_DOUBT, {"person": person, "channel": channel})
