# SPDX-License-Identifier: EUPL-1.2
"""The places of people who were erased are given back, and who waits has them.

To erase somebody is to destroy their key, whoever does it: so all who have a place at a meeting to come are looked up.
"""

import asyncio
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.logs import logger
from parvis_participation.db import meeting_registrations
from parvis_participation.service.register_for_meeting import give_back

_BATCH: Final = 500
_SECONDS: Final = 3_600
_log = logger(__name__)


async def free_places(database: Database, persons: PersonKeys, now: datetime) -> int:
    """Give the places of erased people back at meetings that have not begun; returns how many people that were.

    A key that was never made is made here: only one that was destroyed is missing after that, and a key store that
    knows nobody erases nobody. One destroyed within the last minute may be found at the next round only.
    """
    found, after = 0, UUID(int=0)
    while True:
        async with database.reading() as session:
            people = await meeting_registrations.people_to_come(session, now, after, _BATCH)
        gone = set(people) - (await persons.of_many(set(people), make=True)).keys()
        for person in sorted(gone):
            await _free(database, person, now)
        found += len(gone)
        if len(people) < _BATCH:
            return found
        after = people[-1]


async def free_places_hourly(database: Database, persons: PersonKeys) -> None:
    """At the start and every hour, until cancelled."""
    while True:
        try:
            freed = await free_places(database, persons, datetime.now(UTC))
            if freed:
                _log.info("places_freed", people=freed)
        except Exception as error:  # noqa: BLE001 - looked up again at the next round, whatever it was
            _log.warning("freeing_failed", error=type(error).__name__)
        await asyncio.sleep(_SECONDS)


async def _free(database: Database, person: UUID, now: datetime) -> None:
    async with database.unit_of_work() as uow:
        for row in await meeting_registrations.meetings_of(uow.session, person):
            mine = await meeting_registrations.mine(uow.session, row.id, person)
            if mine is not None and row.begins_at > now:
                await give_back(uow.session, row, mine, now)
        await uow.commit()
