# SPDX-License-Identifier: EUPL-1.2
"""The clocks of a town, as its administrators chose them for its pages, and the day that a letter tells by them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db import collectivities
from parvis_identity.domain.collectivity import Look


async def clock_of(session: AsyncSession, slug: str) -> ZoneInfo:
    """By whose clocks that collectivity lives; those of Paris where it has chosen nothing."""
    collectivity = await collectivities.find(session, slug)
    look = collectivity.look if collectivity else Look()
    return ZoneInfo(look.time_zone.value)


async def local_day(session: AsyncSession, slug: str, at: datetime) -> str:
    """The day of ``at`` in that collectivity, written YYYY-MM-DD."""
    return at.astimezone(await clock_of(session, slug)).date().isoformat()
