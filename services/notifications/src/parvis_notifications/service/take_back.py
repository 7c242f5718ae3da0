# SPDX-License-Identifier: EUPL-1.2
"""What was to be told is so no more: its notice goes, and its message goes by no channel that has not begun."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_notifications.db import notices, taken_back
from parvis_notifications.domain.message import Template


async def take_back(
    session: AsyncSession, source: str, event_id: UUID, template: Template, now: datetime, *, message: bool
) -> None:
    """Of what one event told, in the caller's transaction; without ``message`` its message goes on.

    The inbox keeps a message that is in it, and each channel that it does not go by says why. What has become part of
    a message about several things goes on.
    """
    await notices.call_off(session, source, event_id)
    if message:
        await taken_back.withhold(session, source, event_id, template, now)
