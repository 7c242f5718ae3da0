# SPDX-License-Identifier: EUPL-1.2
"""Somebody has answered STOP to a text message: they get no more until they choose otherwise in their account."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db.database import Database
from parvis_notifications.db import preference_changes, preferences
from parvis_notifications.domain.errors import StaleVersionError
from parvis_notifications.domain.preferences import Way
from parvis_notifications.domain.topic import Channel, Topic

_TRIES: Final = 5


async def stop_sms(database: Database, person: UUID, collectivity: str) -> None:
    """Take the channel out of each topic, and keep how that came about.

    Raises StaleVersionError where somebody chooses all the time.
    """
    for _ in range(_TRIES - 1):
        with suppress(StaleVersionError):
            await _stop(database, person, collectivity)
            return
    await _stop(database, person, collectivity)


async def _stop(database: Database, person: UUID, collectivity: str) -> None:
    async with database.unit_of_work() as uow:
        await stop_channel(uow.session, person, collectivity, Channel.SMS)
        await uow.commit()


async def stop_channel(session: AsyncSession, person: UUID, collectivity: str, channel: Channel) -> None:
    """The same in the caller's transaction; raises StaleVersionError where somebody chooses meanwhile."""
    now = datetime.now(UTC)
    before, version = await preferences.one(session, person, collectivity)
    topics = [topic for topic in Topic if channel in before.channels(topic)]
    after = before
    for topic in topics:
        after = after.choosing(topic, channel, wanted=False)
    if topics:
        await preferences.put(session, person, collectivity, after, version=version, now=now)
        preference_changes.add(session, person, collectivity, after, topics, way=Way.STOP, words=None, now=now)
