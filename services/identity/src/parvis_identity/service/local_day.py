# SPDX-License-Identifier: EUPL-1.2
"""The day that a letter tells: the one by the clocks of the town, as its pages tell it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db import collectivities
from parvis_identity.domain.collectivity import Look


async def local_day(session: AsyncSession, slug: str, at: datetime) -> str:
    """The day of ``at`` in that collectivity, written YYYY-MM-DD."""
    collectivity = await collectivities.find(session, slug)
    look = collectivity.look if collectivity else Look()
    return at.astimezone(ZoneInfo(look.time_zone.value)).date().isoformat()
