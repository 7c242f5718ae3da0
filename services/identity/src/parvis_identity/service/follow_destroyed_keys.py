# SPDX-License-Identifier: EUPL-1.2
"""Accounts whose key was destroyed are emptied, whoever destroyed it: a restored back-up brings them back.

Of what a back-up brings back nothing can be read, but the address would be somebody's still, and open no new account.
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from parvis_identity import events
from parvis_identity.db.empty_account import empty, standing
from parvis_identity.service.end_sessions import end_everything
from parvis_identity.service.leave_everything import WORKER
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.logs import logger
from parvis_kit.messaging import outbox

_BATCH: Final = 500
_DAY_SECONDS: Final = 86_400
_AGAIN_SECONDS: Final = 600
# Between two batches: nobody waits for this, and others wait for the database.
_PAUSE_SECONDS: Final = 0.1
_log = logger(__name__)


@dataclass(frozen=True, slots=True)
class FollowDestroyedKeys:
    """The loop, with what it needs."""

    database: Database
    persons: PersonKeys

    async def run(self) -> None:
        """At the start and every day, until cancelled; soon again where it failed."""
        while True:
            wait = _DAY_SECONDS
            try:
                await self.round(datetime.now(UTC))
            except Exception as error:  # noqa: BLE001 - the database or the key store is away: all is looked up again
                _log.warning("following_destroyed_keys_failed", error=type(error).__name__)
                wait = _AGAIN_SECONDS
            await asyncio.sleep(wait)

    async def round(self, now: datetime, batch: int = _BATCH) -> int:
        """Go through all accounts, and empty those whose key is no more; returns how many that were.

        A key that was never made is made here: only one that was destroyed is missing after that, and a key store that
        knows nobody erases nobody.
        """
        emptied, last = 0, UUID(int=0)
        while True:
            async with self.database.reading() as session:
                found = await standing(session, last, batch)
            gone = found.keys() - (await self.persons.of_many(set(found), make=True)).keys()
            for person in sorted(gone):
                await self._empty(person, found[person], now)
            emptied += len(gone)
            if len(found) < batch:
                break
            last = max(found)
            await asyncio.sleep(_PAUSE_SECONDS)
        if emptied:
            _log.info("erased_people_forgotten", people=emptied)
        return emptied

    async def _empty(self, person: UUID, collectivity: str, now: datetime) -> None:
        async with self.database.unit_of_work() as uow:
            await end_everything(uow.session, person, "account erased", now, WORKER)
            version = await empty(uow.session, person, now)
            if version is not None:
                await outbox.add(uow.session, events.person_erased(person, collectivity, version, now))
            await uow.commit()
