# SPDX-License-Identifier: EUPL-1.2
"""A citizen reads how they are told, and chooses anew."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_notifications.db import preferences
from parvis_notifications.domain.preferences import Preferences
from parvis_notifications.service.inbox import Reader


async def read_preferences(session: AsyncSession, reader: Reader) -> tuple[Preferences, int]:
    """The reader's preferences with their version; the defaults have version 0."""
    return await preferences.one(session, reader.person, reader.collectivity)


async def choose_preferences(
    session: AsyncSession, reader: Reader, chosen: Preferences, *, version: int, now: datetime
) -> int:
    """Put these in the place of the version that the reader saw; messages composed from now on go by them.

    Returns the new version; raises StaleVersionError.
    """
    return await preferences.put(session, reader.person, reader.collectivity, chosen, version=version, now=now)
