# SPDX-License-Identifier: EUPL-1.2
"""What is known of a person, for the person, for a client they allowed, and for a service that must reach them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from parvis_identity import events
from parvis_identity.db import audit, clients, collectivities, household, identity_proofs, memberships, merges
from parvis_identity.db.people import People
from parvis_identity.domain.audit import Act, Action, Thing
from parvis_identity.domain.client import EVERYWHERE, Client
from parvis_identity.domain.errors import NotForThisCallerError, UnknownPersonError
from parvis_identity.domain.person import Identity, Person
from parvis_identity.domain.pivot import Source
from parvis_identity.domain.sign_in import Membership
from parvis_identity.service.on_duty import acting
from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.messaging import outbox
from parvis_kit.security.principal import Principal, PrincipalKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person, who vouches for their civil status, and what they are in the collectivity of the client they use."""

    person: Person
    certifier: Source | None
    membership: Membership | None


class ReadPerson:
    """The use cases, with what they need."""

    def __init__(self, database: Database, persons: PersonKeys, index: BlindIndex) -> None:
        self._database = database
        self._persons = persons
        self._index = index

    async def account(self, caller: Principal) -> Account:
        """The caller's own account; raises UnknownPersonError, or NotForThisCallerError for a system."""
        if caller.kind not in {PrincipalKind.CITIZEN, PrincipalKind.AGENT}:
            raise NotForThisCallerError
        async with self._database.reading() as session:
            person = await self._find(People(session, self._index), caller.person)
            membership = None
            if caller.is_agent:
                membership = await memberships.of_person(session, caller.collectivity, person.id)
            certifier = await identity_proofs.certifier(session, person.id)
        return Account(person=person, certifier=certifier, membership=membership)

    async def own(self, person_id: UUID) -> Account:
        """The account of whoever is signed in at our own pages; raises UnknownPersonError."""
        async with self._database.reading() as session:
            person = await self._find(People(session, self._index), person_id)
            certifier = await identity_proofs.certifier(session, person_id)
        return Account(person=person, certifier=certifier, membership=None)

    async def display_name(self, person_id: UUID) -> str:
        """What the person's own pages call them; empty where nothing is known."""
        async with self._database.reading() as session:
            person = await self._find(People(session, self._index), person_id)
        return person.identity.display_name

    async def client(self, client_id: str) -> Client:
        """The client of a token that is being used; raises NotForThisCallerError when it is gone."""
        async with self._database.reading() as session:
            client = await clients.find_client(session, client_id)
        if client is None:
            raise NotForThisCallerError
        return client

    async def contact(
        self, person_id: UUID, collectivity: str | None, caller: Principal, now: datetime, *, postal: bool = False
    ) -> Person:
        """A person for a service of Parvis's own that must reach them; each reading is told to the person.

        Args:
            person_id: whom to reach.
            collectivity: on whose behalf; the one where the person registered unless given.
            caller: the service, with a token of no single collectivity.
            now: the present time.
            postal: whether their home is read as well, which is told as such.
        """
        if caller.kind is not PrincipalKind.SYSTEM or caller.collectivity != EVERYWHERE:
            raise NotForThisCallerError
        async with self._database.unit_of_work() as uow:
            people = People(uow.session, self._index)
            person = await self._find(people, await merges.successor(uow.session, person_id))
            parent = None if person.identity.email else await household.parent_of(uow.session, person.id)
            if parent:  # a child is reached through who declared it
                person = await self._find(people, await merges.successor(uow.session, parent))
            whose = collectivity or person.collectivity
            category = "postal-contact" if postal else "contact"
            await outbox.add(uow.session, events.data_accessed(person, caller.client_id, category, whose, now))
            on, read = Thing("person", str(person.id)), {"read": [category]}
            await audit.record(uow.session, Act(Action.CONTACT_READ, acting(caller), on, now, whose, read))
            await uow.commit()
        return person

    async def civil_status(self, person_id: UUID, collectivity: str, caller: Principal, now: datetime) -> Identity:
        """The civil status of a person for whom a collectivity asks another administration, as it was attested.

        Each reading is told to the person. Raises NotForThisCallerError for whoever is no service of Parvis's own, and
        UnknownPersonError where nobody attested it or where there is no such collectivity.
        """
        if caller.kind is not PrincipalKind.SYSTEM or caller.collectivity != EVERYWHERE:
            raise NotForThisCallerError
        async with self._database.unit_of_work() as uow:
            if await collectivities.find(uow.session, collectivity) is None:
                raise UnknownPersonError
            people = People(uow.session, self._index)
            person = await self._find(people, await merges.successor(uow.session, person_id))
            if await identity_proofs.certifier(uow.session, person.id) is None:
                raise UnknownPersonError
            told = events.data_accessed(person, caller.client_id, "civil-status", collectivity, now)
            await outbox.add(uow.session, told)
            on = Thing("person", str(person.id))
            await audit.record(uow.session, Act(Action.CIVIL_STATUS_READ, acting(caller), on, now, collectivity))
            await uow.commit()
        return person.identity

    async def _find(self, people: People, person_id: UUID) -> Person:
        # Looked up first: asking the key store for an unknown person would make them a key.
        if not await people.exists(person_id):
            raise UnknownPersonError
        person = await people.find(person_id, await self._persons.of(person_id))
        if person is None:
            raise UnknownPersonError
        return person
