# SPDX-License-Identifier: EUPL-1.2
"""The children of a household, as a parent declares them; each has a file of their own that nobody signs in to."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity import events
from parvis_identity.db import audit, household
from parvis_identity.db.people import People
from parvis_identity.domain.audit import Act, Action, Thing
from parvis_identity.domain.behalf import of_age_at
from parvis_identity.domain.client import Audience
from parvis_identity.domain.errors import NoMinorError, NotForThisCallerError, TooManyChildrenError, UnknownPersonError
from parvis_identity.domain.person import Identity, Person
from parvis_identity.service.local_day import clock_of
from parvis_identity.service.on_duty import acting
from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.ids import uuid7
from parvis_kit.locale import DEFAULT
from parvis_kit.messaging import outbox
from parvis_kit.security.principal import Principal

_MOST = 20


@dataclass(frozen=True, slots=True)
class Household:
    """The use cases, with what they need."""

    database: Database
    persons: PersonKeys
    index: BlindIndex

    async def declare(self, session: AsyncSession, caller: Principal, identity: Identity, now: datetime) -> Person:
        """One child more, in the caller's transaction.

        Raises NotForThisCallerError, NoMinorError for who is of age or not born yet, or TooManyChildrenError.
        """
        _check_citizen(caller)
        born = identity.birth_date or ""
        clock = await clock_of(session, caller.collectivity)
        if not born <= now.astimezone(clock).date().isoformat() or now >= of_age_at(born, clock):
            raise NoMinorError
        people = People(session, self.index)
        await people.lock(caller.person)
        if await household.count(session, caller.person) >= _MOST:
            raise TooManyChildrenError
        child = Person(
            id=uuid7(),
            collectivity=caller.collectivity,
            language=DEFAULT,
            version=1,
            created_at=now,
            identity=identity,
        )
        await people.add(child, await self.persons.of(child.id))
        await household.add(session, caller.person, child.id, now)
        await outbox.add(session, events.person_registered(child, Audience.CITIZEN.value))
        await _record(session, Action.CHILD_DECLARED, caller, child.id, now)
        return child

    async def children(self, caller: Principal) -> list[Person]:
        """The caller's, the oldest entry first; raises NotForThisCallerError."""
        _check_citizen(caller)
        async with self.database.reading() as session:
            people = People(session, self.index)
            ids = await household.children(session, caller.person)
            keys = await self.persons.of_many(set(ids))
            found = [await people.find(id_, keys[id_]) for id_ in ids if id_ in keys]
        return [child for child in found if child]

    async def remove(self, caller: Principal, child: UUID, now: datetime) -> None:
        """The child is of the household no longer; raises NotForThisCallerError or UnknownPersonError."""
        _check_citizen(caller)
        async with self.database.unit_of_work() as uow:
            if not await household.remove(uow.session, caller.person, child, now):
                raise UnknownPersonError
            await _record(uow.session, Action.CHILD_REMOVED, caller, child, now)
            await uow.commit()


async def _record(session: AsyncSession, action: Action, caller: Principal, child: UUID, now: datetime) -> None:
    on = Thing("person", str(child))
    await audit.record(session, Act(action, acting(caller), on, now, caller.collectivity))


def _check_citizen(caller: Principal) -> None:
    if not caller.is_citizen:
        raise NotForThisCallerError
