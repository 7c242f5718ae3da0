# SPDX-License-Identifier: EUPL-1.2
"""How people want to be told."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_notifications.db.tables import Preference
from parvis_notifications.domain.digest import DigestTime, Rhythm
from parvis_notifications.domain.errors import StaleVersionError
from parvis_notifications.domain.preferences import Mode, Preferences
from parvis_notifications.domain.quiet_hours import QuietHours
from parvis_notifications.domain.topic import Channel, Topic

NEVER_CHOSEN = 0


async def one(session: AsyncSession, person: UUID, collectivity: str) -> tuple[Preferences, int]:
    """A person's preferences with their version, which is 0 for who never chose."""
    wanted = select(Preference).where(Preference.collectivity == collectivity, Preference.person == person)
    row = (await session.execute(wanted)).scalar_one_or_none()
    return (Preferences(), NEVER_CHOSEN) if row is None else (_preferences(row), row.version)


async def put(
    session: AsyncSession, person: UUID, collectivity: str, chosen: Preferences, *, version: int, now: datetime
) -> int:
    """The next version in the place of that one; raises StaleVersionError when another came first."""
    quiet, gathered = chosen.quiet_hours, chosen.digest_time
    values = {
        "language": chosen.language,
        "quiet_begins": quiet and quiet.begins,
        "quiet_ends": quiet and quiet.ends,
        "time_zone": quiet and quiet.time_zone,
        "channels": {topic: list(channels) for topic, channels in chosen.choices.items()},
        "digests": dict(chosen.digests),
        "modes": dict(chosen.modes),
        "digest_at": gathered and gathered.at,
        "digest_weekday": gathered and gathered.weekday,
        "digest_time_zone": gathered and gathered.time_zone,
        "version": version + 1,
        "updated_at": now,
    }
    if version == NEVER_CHOSEN:
        fresh = insert(Preference).values(collectivity=collectivity, person=person, **values)
        done = await session.execute(fresh.on_conflict_do_nothing().returning(Preference.version))
    else:
        same = (Preference.collectivity == collectivity, Preference.person == person, Preference.version == version)
        changed = update(Preference).where(*same).values(**values).execution_options(synchronize_session=False)
        done = await session.execute(changed.returning(Preference.version))
    if done.first() is None:
        raise StaleVersionError
    return version + 1


def _preferences(row: Preference) -> Preferences:
    quiet = None
    if row.quiet_begins is not None and row.quiet_ends is not None and row.time_zone is not None:
        quiet = QuietHours(row.quiet_begins, row.quiet_ends, row.time_zone)
    choices = {Topic(topic): tuple(map(Channel, channels)) for topic, channels in row.channels.items()}
    digests = {Topic(topic): Rhythm(rhythm) for topic, rhythm in row.digests.items()}
    gathered = None
    if row.digest_at is not None and row.digest_weekday is not None and row.digest_time_zone is not None:
        gathered = DigestTime(row.digest_at, row.digest_weekday, row.digest_time_zone)
    modes = {Topic(topic): Mode(mode) for topic, mode in row.modes.items()}
    return Preferences(row.language, quiet, choices, digests, gathered, modes)
