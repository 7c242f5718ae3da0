# SPDX-License-Identifier: EUPL-1.2
"""A citizen reads how they are told, and chooses anew."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_kit.db.keyset import Position, Slice
from parvis_notifications.db import preference_changes, preferences
from parvis_notifications.db.tables import PreferenceChange
from parvis_notifications.domain.preferences import Mode, Preferences, Way
from parvis_notifications.domain.reader import Reader
from parvis_notifications.domain.topic import Channel, Topic
from parvis_notifications.service.message_languages import check_language
from parvis_notifications.service.start_texts import start_by_choice


async def read_preferences(session: AsyncSession, reader: Reader) -> tuple[Preferences, int]:
    """The reader's preferences with their version; the defaults have version 0."""
    return await preferences.one(session, reader.person, reader.collectivity)


async def choose_preferences(
    session: AsyncSession, reader: Reader, chosen: Preferences, *, version: int, now: datetime
) -> int:
    """Put these in the place of the version that the reader saw; messages composed from now on go by them.

    Returns the new version; raises StaleVersionError, LanguageNotOfferedError.
    """
    before, _ = await preferences.one(session, reader.person, reader.collectivity)
    await check_language(session, reader.collectivity, chosen.language, before.language)
    version = await preferences.put(session, reader.person, reader.collectivity, chosen, version=version, now=now)
    if any(Channel.SMS in set(chosen.channels(topic)) - set(before.channels(topic)) for topic in Topic):
        await start_by_choice(session, reader, now)
    changed = [topic for topic in Topic if _of(chosen, topic) != _of(before, topic)]
    preference_changes.add(
        session, reader.person, reader.collectivity, chosen, changed, way=Way.ACCOUNT, words=None, now=now
    )
    return version


def _of(chosen: Preferences, topic: Topic) -> tuple[tuple[Channel, ...], Mode]:
    return chosen.channels(topic), chosen.mode(topic)


async def list_changes(
    session: AsyncSession, reader: Reader, *, position: Position | None, limit: int
) -> Slice[PreferenceChange]:
    """How the reader's choices came to be, one page, newest first."""
    return await preference_changes.page(session, reader.person, reader.collectivity, position=position, limit=limit)
