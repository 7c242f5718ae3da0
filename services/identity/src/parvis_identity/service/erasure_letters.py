# SPDX-License-Identifier: EUPL-1.2
"""Telling people that their account is to be erased, that it stays, or that it is no more, at the address we have."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_identity.db import household, identity_links, local_accounts
from parvis_identity.db.people import People
from parvis_identity.domain.behalf import of_age_at
from parvis_identity.domain.letter import Letter, Purpose
from parvis_identity.domain.person import Person
from parvis_identity.service.letters import Letters
from parvis_identity.service.local_day import clock_of, local_day
from parvis_kit.crypto.keys import BlindIndex
from parvis_kit.crypto.persons import PersonKey, PersonKeys

_TO_PARENTS: Final = {
    Purpose.ERASURE_ASKED: Purpose.CHILD_ERASURE_ASKED,
    Purpose.ERASURE_CANCELLED: Purpose.CHILD_ERASURE_CANCELLED,
    Purpose.ACCOUNT_ERASED: Purpose.CHILD_ACCOUNT_ERASED,
}


@dataclass(frozen=True, slots=True)
class _Reader:
    purpose: Purpose
    address: str
    language: str


@dataclass(frozen=True, slots=True)
class ErasureLetters:
    """Wishes for letters, in the caller's transaction: a letter is sealed for itself, and outlives the person's key."""

    letters: Letters
    persons: PersonKeys
    index: BlindIndex

    async def tell(
        self,
        session: AsyncSession,
        person: Person,
        key: PersonKey,
        purpose: Purpose,
        now: datetime,
        *,
        due_at: datetime | None = None,
        secret: str | None = None,
        life: timedelta = timedelta(),
    ) -> bool:
        """In their language, to where they sign in, or else to the address of the account; False where that is nobody.

        Of a child without either the parents are told. ``due_at`` is when what the letter announces happens, ``secret``
        is of the link that stops it.
        """
        readers = await self._readers(session, person, key, purpose, now)
        for reader in readers:
            letter = Letter(
                purpose=reader.purpose,
                recipient=reader.address,
                language=reader.language,
                collectivity=person.collectivity,
                code=secret,
                day=await local_day(session, person.collectivity, due_at) if due_at else None,
            )
            await self.letters.wish(session, letter, now, max(life, self.letters.life))
        return bool(readers)

    async def _readers(
        self, session: AsyncSession, person: Person, key: PersonKey, purpose: Purpose, now: datetime
    ) -> list[_Reader]:
        if own := await _address(session, person, key):
            return [_Reader(purpose, own, person.language)]
        born = person.identity.birth_date
        clock = await clock_of(session, person.collectivity)
        minor = born is not None and now < of_age_at(born, clock)
        if purpose not in _TO_PARENTS or not minor or await identity_links.ways_in(session, person.id):
            return []
        parents = await self._parents(session, person.id)
        reached = {await _address(session, parent, own_key): parent.language for parent, own_key in parents}
        return [_Reader(_TO_PARENTS[purpose], address, language) for address, language in reached.items() if address]

    async def _parents(self, session: AsyncSession, child: UUID) -> list[tuple[Person, PersonKey]]:
        keys = await self.persons.of_many(set(await household.parents_of(session, child)))
        return [(parent, keys[parent.id]) for parent in await People(session, self.index).many(keys)]


async def _address(session: AsyncSession, person: Person, key: PersonKey) -> str | None:
    account = await local_accounts.of_person(session, person.id)
    return key.open("email", account.email) if account else person.identity.email
