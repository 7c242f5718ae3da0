# SPDX-License-Identifier: EUPL-1.2
"""Who registered for a meeting without an account is forgotten, here and where they were written to."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.messaging import outbox
from parvis_participation import meeting_events
from parvis_participation.db import meeting_guests


async def forget_guests(session: AsyncSession, *people: UUID, now: datetime) -> None:
    """Delete those of them who are some, in the caller's transaction, and have the others who know them do so."""
    for row in await meeting_guests.forget(session, *people):
        await outbox.add(session, meeting_events.guest_forgotten(row, now))
