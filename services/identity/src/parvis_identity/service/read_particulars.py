# SPDX-License-Identifier: EUPL-1.2
"""Who somebody is who asked a town for something, for the service whose agents handle it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity import events
from parvis_identity.db import audit, collectivities, household, identity_proofs, merges, postal_addresses
from parvis_identity.db.people import People
from parvis_identity.domain.audit import NOBODY, Act, Action, Thing
from parvis_identity.domain.client import EVERYWHERE
from parvis_identity.domain.errors import NoAccountError, NotForThisCallerError, UnknownPersonError
from parvis_identity.domain.person import Identity, Person
from parvis_identity.domain.pivot import Source
from parvis_identity.domain.postal_address import PostalAddress
from parvis_identity.service.on_duty import acting
from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.messaging import outbox
from parvis_kit.security.principal import Principal, PrincipalKind

MAX_NAMES: Final = 50
"""The names of how many people are told at once."""
_PARTICULARS: Final = "particulars"
_NAMES: Final = "names"


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """A person, who vouches for their civil status, and where they live.

    ``parent`` is who declared them, for a child without contact points of their own.
    """

    person: Person
    certifier: Source | None
    home: PostalAddress | None
    parent: Person | None


@dataclass(frozen=True, slots=True)
class ReadParticulars:
    """The use cases, with what they need."""

    database: Database
    persons: PersonKeys
    index: BlindIndex

    async def of(self, person_id: UUID, collectivity: str, caller: Principal, now: datetime) -> Particulars:
        """Names, contact points and home of one person; each reading is told to them, and to a parent who is read.

        Raises NotForThisCallerError for whoever is no service of Parvis's own, NoAccountError where there is no
        such person or they were erased, UnknownPersonError where there is no such collectivity.
        """
        async with self.database.unit_of_work() as uow:
            session = uow.session
            await _check(session, caller, collectivity)
            person = next(iter((await self._opened(session, [person_id])).values()), None)
            if person is None:
                raise NoAccountError
            elder = None if person.identity.email else await household.parent_of(session, person.id)
            parent = (await self._opened(session, [elder])).get(elder) if elder else None
            home = await postal_addresses.home(session, person.id, await self.persons.of(person.id))
            certifier = await identity_proofs.certifier(session, person.id)
            read = [each for each in (person, parent) if each]
            await _tell(session, read, _PARTICULARS, caller, collectivity, now)
            await uow.commit()
        return Particulars(person=person, certifier=certifier, home=home, parent=parent)

    async def names(
        self, people: Sequence[UUID], collectivity: str, caller: Principal, now: datetime
    ) -> dict[UUID, Identity]:
        """What each of these people is called, of whom at most ``MAX_NAMES`` are asked for; the unknown are absent.

        Each is told of the reading; the audit trail has it as one. Raises NotForThisCallerError, or UnknownPersonError
        where there is no such collectivity.
        """
        async with self.database.unit_of_work() as uow:
            session = uow.session
            await _check(session, caller, collectivity)
            found = await self._opened(session, people)
            # Of two accounts that became one, the person is told once.
            read = {person.id: person for person in found.values()}
            await _tell(session, list(read.values()), _NAMES, caller, collectivity, now)
            await uow.commit()
        return {asked: person.identity for asked, person in found.items()}

    async def _opened(self, session: AsyncSession, asked: Sequence[UUID]) -> dict[UUID, Person]:
        people, theirs = People(session, self.index), await merges.successors(session, asked)
        keys = await self.persons.of_many(await people.known(set(theirs.values())))
        found = {person.id: person for person in await people.many(keys)}
        return {each: found[own] for each, own in theirs.items() if own in found}


async def _check(session: AsyncSession, caller: Principal, collectivity: str) -> None:
    if caller.kind is not PrincipalKind.SYSTEM or caller.collectivity != EVERYWHERE:
        raise NotForThisCallerError
    if await collectivities.find(session, collectivity) is None:
        raise UnknownPersonError


async def _tell(
    session: AsyncSession,
    read: Sequence[Person],
    category: str,
    caller: Principal,
    collectivity: str,
    now: datetime,
) -> None:
    for person in read:
        await outbox.add(session, events.data_accessed(person, caller.client_id, category, collectivity, now))
    if read:
        on = Thing("person", str(read[0].id) if category == _PARTICULARS else NOBODY)
        what = {"read": [category], "found": [str(person.id) for person in read]}
        await audit.record(session, Act(Action.PARTICULARS_READ, acting(caller), on, now, collectivity, what))
