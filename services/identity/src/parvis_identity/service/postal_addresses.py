# SPDX-License-Identifier: EUPL-1.2
"""The postal addresses of one's own account: a home, and a few others."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db import audit, postal_addresses
from parvis_identity.db.people import People
from parvis_identity.db.postal_addresses import KeptAddress
from parvis_identity.domain.audit import Act, Action, Actor, Thing
from parvis_identity.domain.postal_address import (
    MOST,
    HomeKnownError,
    PostalAddress,
    StaleAddressError,
    TooManyAddressesError,
    UnknownAddressError,
)
from parvis_identity.service.hold_person import hold_person
from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKeys
from parvis_kit.db.database import Database
from parvis_kit.ids import uuid7


@dataclass(frozen=True, slots=True)
class PostalAddresses:
    """The use cases, with what they need."""

    database: Database
    persons: PersonKeys
    index: BlindIndex

    async def of_person(self, person: UUID) -> list[KeptAddress]:
        """The person's own, home first."""
        key = await self.persons.of(person)
        async with self.database.reading() as session:
            return await postal_addresses.of_person(session, person, key)

    async def home(self, person: UUID) -> PostalAddress | None:
        """Where the person lives, if they say so."""
        key = await self.persons.of(person)
        async with self.database.reading() as session:
            return await postal_addresses.home(session, person, key)

    async def read(self, person: UUID, id_: UUID) -> KeptAddress:
        """One of the person's own; raises UnknownAddressError."""
        key = await self.persons.of(person)
        async with self.database.reading() as session:
            found = await postal_addresses.find(session, person, id_, key)
        if found is None:
            raise UnknownAddressError
        return found

    async def add(self, session: AsyncSession, by: Actor, address: PostalAddress, now: datetime) -> KeptAddress:
        """One more, in the caller's transaction; raises TooManyAddressesError, HomeKnownError or UnknownPersonError."""
        person, key = await hold_person(People(session, self.index), self.persons, UUID(by.id))
        if await postal_addresses.count(session, person.id) >= MOST:
            raise TooManyAddressesError
        kept = KeptAddress(id=uuid7(), version=1, address=address, created_at=now, updated_at=now)
        try:
            await postal_addresses.add(session, person.id, key, kept)
        except IntegrityError as error:
            raise HomeKnownError from error
        await _record(session, by, Action.ADDRESS_ADDED, kept.id, now)
        return kept

    async def change(self, by: Actor, id_: UUID, address: PostalAddress, version: int, now: datetime) -> KeptAddress:
        """Put another in its place; raises UnknownAddressError, StaleAddressError or HomeKnownError."""
        before = await self.read(UUID(by.id), id_)
        if before.version != version:
            raise StaleAddressError
        after = replace(before, version=version + 1, address=address, updated_at=now)
        key = await self.persons.of(UUID(by.id))
        async with self.database.unit_of_work() as uow:
            try:
                changed = await postal_addresses.replace(uow.session, UUID(by.id), key, after)
            except IntegrityError as error:
                raise HomeKnownError from error
            if not changed:
                raise StaleAddressError
            await _record(uow.session, by, Action.ADDRESS_CHANGED, id_, now)
            await uow.commit()
        return after

    async def remove(self, by: Actor, id_: UUID, version: int, now: datetime) -> None:
        """Take it out; raises UnknownAddressError or StaleAddressError."""
        await self.read(UUID(by.id), id_)
        async with self.database.unit_of_work() as uow:
            if not await postal_addresses.remove(uow.session, UUID(by.id), id_, version):
                raise StaleAddressError
            await _record(uow.session, by, Action.ADDRESS_REMOVED, id_, now)
            await uow.commit()


async def _record(session: AsyncSession, by: Actor, action: Action, address: UUID, now: datetime) -> None:
    await audit.record(session, Act(action, by, Thing("postal-address", str(address)), now))
