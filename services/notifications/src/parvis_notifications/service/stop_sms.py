# SPDX-License-Identifier: EUPL-1.2
"""Somebody has answered STOP to a text message: they get no more until they choose otherwise in their account."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

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
    now = datetime.now(UTC)
    async with database.unit_of_work() as uow:
        before, version = await preferences.one(uow.session, person, collectivity)
        after = before
        for topic in (topic for topic in Topic if Channel.SMS in before.channels(topic)):
            after = after.choosing(topic, Channel.SMS, wanted=False)
        changed = {topic: after.channels(topic) for topic in Topic if Channel.SMS in before.channels(topic)}
        if changed:
            await preferences.put(uow.session, person, collectivity, after, version=version, now=now)
            preference_changes.add(uow.session, person, collectivity, changed, way=Way.STOP, words=None, now=now)
            await uow.commit()
