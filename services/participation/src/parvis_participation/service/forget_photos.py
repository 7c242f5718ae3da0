# SPDX-License-Identifier: EUPL-1.2
"""Photos that nobody sees any more are deleted, and those of people who were erased."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_participation.db import proposal_photos
from parvis_participation.domain.moderation import APPEAL_PERIOD

_UNSEEN: Final = timedelta(days=1)
_BATCH: Final = 500


async def forget_photos(database: Database, now: datetime) -> None:
    """Delete what was not described within a day, and what was withdrawn or removed once no case needs it."""
    async with database.unit_of_work() as uow:
        await proposal_photos.purge(uow.session, now - _UNSEEN, now - APPEAL_PERIOD)
        await uow.commit()


async def forget_erased_photos(database: Database, persons: PersonKeys) -> None:
    """Delete the photos of people who were erased; nobody could open them since.

    A key that was never made is made here: only one that was destroyed is missing after that.
    """
    after = UUID(int=0)
    while True:
        async with database.reading() as session:
            people = await proposal_photos.people(session, after, _BATCH)
        for person in set(people) - (await persons.of_many(set(people), make=True)).keys():
            async with database.unit_of_work() as uow:
                await proposal_photos.discard_of(uow.session, person)
                await uow.commit()
        if len(people) < _BATCH:
            return
        after = people[-1]
