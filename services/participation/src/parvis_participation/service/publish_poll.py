# SPDX-License-Identifier: EUPL-1.2
"""An agent publishes a poll, which freezes its options and rules."""

from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging import outbox
from parvis_kit.messaging.events import instant
from parvis_participation import events
from parvis_participation.db import polls
from parvis_participation.db.tables import Poll as Row
from parvis_participation.domain.errors import StaleVersionError
from parvis_participation.service.seals import canonical


async def publish_poll(session: AsyncSession, collectivity: str, poll_id: UUID, *, version: int, now: datetime) -> Row:
    """Publish the version that the agent saw and tell it, in the caller's transaction.

    Raises NotFoundError, TransitionError once it was published or should have opened, or StaleVersionError.
    """
    row = await polls.one(session, collectivity, poll_id, lock=True)
    if row.version != version:
        raise StaleVersionError
    after = polls.entity(row).published(now)
    await polls.save(session, after)
    row.digest = digest(row)
    await outbox.add(session, events.poll_published(after, now))
    await session.flush()
    await session.refresh(row)
    return row


def definition(row: Row) -> dict[str, Any]:
    """Everything that a published poll has frozen."""
    return {
        "id": str(row.id),
        "collectivity": row.collectivity,
        "title": row.title,
        "description": row.description,
        "options": row.options,
        "budgets": row.budgets,
        "rules": row.rules,
        "method": row.method,
        "board": {"key": row.board_key.hex(), "members": row.board_members, "threshold": row.board_threshold},
        "opens_at": instant(row.opens_at),
        "closes_at": instant(row.closes_at),
    }


def digest(row: Row) -> bytes:
    """The SHA-256 of the frozen definition: published before the vote, and the seed of the tie order."""
    return sha256(canonical(definition(row))).digest()
