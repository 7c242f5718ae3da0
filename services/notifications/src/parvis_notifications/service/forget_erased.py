# SPDX-License-Identifier: EUPL-1.2
"""What is kept for people whose key was destroyed goes, whatever told or did not tell of it.

To erase somebody is to destroy their key. Words are unreadable from then on; where they live, which browsers are
theirs and that they wanted something is not sealed, and would stay. So all whose key it is are looked up once a day.
"""

import asyncio
from typing import Any, Final
from uuid import UUID

import asyncpg

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.logs import logger
from parvis_notifications.db import erased_people, gathered_news
from parvis_notifications.db.erased_people import Kept

_BATCH: Final = 500
_DAY_SECONDS: Final = 86_400
_AGAIN_SECONDS: Final = 600
# Between two batches: nobody waits for this, and others wait for the database.
_PAUSE_SECONDS: Final = 0.1
_log = logger(__name__)


async def forget_erased(
    pool: "asyncpg.Pool[Any]", persons: PersonKeys, *, batch: int = _BATCH, pause_seconds: float = _PAUSE_SECONDS
) -> int:
    """Go through all people for whom something is kept, and forget those who were erased; returns how many rows went.

    A key that was never made is made here: only one that was destroyed is missing after that, and a key store that
    knows nobody erases nobody. One destroyed within the last minute may be found at the next round only.
    """
    removed = 0
    for kept in Kept:
        people = await erased_people.owners(pool, kept, UUID(int=0), batch)
        while people:
            gone = set(people) - (await persons.of_many(set(people), make=True)).keys()
            if gone and kept is Kept.DIGESTS:
                removed += await gathered_news.forget(pool, gone)
            elif gone:
                removed += await erased_people.forget(pool, kept, gone)
            await asyncio.sleep(pause_seconds)
            people = await erased_people.owners(pool, kept, people[-1], batch)
    return removed


async def forget_erased_daily(pool: "asyncpg.Pool[Any]", persons: PersonKeys) -> None:
    """At the start and every day, until cancelled; soon again where it failed."""
    while True:
        wait = _DAY_SECONDS
        try:
            removed = await forget_erased(pool, persons)
            if removed:
                _log.info("erased_people_forgotten", rows=removed)
        except Exception as error:  # noqa: BLE001 - the database or the key store is away: all of it is looked up again
            _log.warning("forget_erased_failed", error=type(error).__name__)
            wait = _AGAIN_SECONDS
        await asyncio.sleep(wait)
