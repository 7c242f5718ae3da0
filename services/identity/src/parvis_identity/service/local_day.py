# SPDX-License-Identifier: EUPL-1.2
"""The clocks of a town, as its administrators chose them for its pages, and the day that a letter tells by them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db import collectivities
from parvis_identity.domain.collectivity import Look
from parvis_kit import clocks
from parvis_kit.db.database import Database
from parvis_kit.logs import logger

_log = logger(__name__)


async def clock_of(session: AsyncSession, slug: str) -> ZoneInfo:
    """By whose clocks that collectivity lives; those of Paris where it has chosen nothing."""
    collectivity = await collectivities.find(session, slug)
    look = collectivity.look if collectivity else Look()
    return ZoneInfo(look.time_zone.value)


async def local_day(session: AsyncSession, slug: str, at: datetime) -> str:
    """The day of ``at`` in that collectivity, written YYYY-MM-DD."""
    return at.astimezone(await clock_of(session, slug)).date().isoformat()


async def warn_of_clocks(database: Database) -> None:
    """Say which towns have another zone here than in ``PARVIS_TIME_ZONES``, by which other services count ages."""
    try:
        async with database.reading() as session:
            chosen = await collectivities.time_zones(session)
    except Exception as error:  # noqa: BLE001 - a process starts without its database, too
        _log.warning("clocks_uncompared", error=type(error).__name__)
        return
    for slug, zone in sorted(chosen.items()):
        if (other := clocks.clock_of(slug).key) != zone:
            _log.warning("clocks_differ", collectivity=slug, chosen=zone, configured=other)
